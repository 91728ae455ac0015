// A picture or PDF of a page has all of its tiles.
//
// Superset draws a row of tiles when it comes near the screen, and takes a picture of what is
// drawn. Here the choice "download" first tells all rows that they are near, waits until their
// tiles are drawn, and then lets Superset go on.
(() => {
  // How rows ask to be told; nothing else on Superset's pages asks so.
  const NEAR_THE_SCREEN = '100% 0px';
  const DOWNLOADS = /-download-(pdf|image)$/;
  const DRAWN = '.slice_container :is(canvas, svg, tbody tr, .header-line), .ant-empty, .ant-alert';
  const LONGEST_MS = 90000;
  const PAUSE_MS = 200;
  // What is drawn last still moves into place.
  const SETTLED_MS = 1500;

  const rows = new Set();
  window.IntersectionObserver = class extends IntersectionObserver {
    constructor(tell, options) {
      super(tell, options);
      this.comeNear = () => tell([{ isIntersecting: true, target: this.target }], this);
      if (options?.rootMargin === NEAR_THE_SCREEN) rows.add(this);
    }

    observe(target) {
      this.target = target;
      super.observe(target);
    }

    disconnect() {
      rows.delete(this);
      super.disconnect();
    }
  };

  const pause = (ms) => new Promise((proceed) => setTimeout(proceed, ms));

  const tiles = () => [...document.querySelectorAll('.dashboard-component-chart-holder')].filter(
    (holder) => holder.querySelector('.header-title'));

  const undrawn = () => tiles().filter(
    (tile) => tile.querySelector('.loading') || !tile.querySelector(DRAWN));

  const say = (text) => {
    const line = document.createElement('div');
    line.setAttribute('role', 'status');
    line.textContent = text;
    line.style.cssText = 'position: fixed; z-index: 10000; bottom: 24px; left: 50%;'
      + ' transform: translateX(-50%); padding: 12px 20px; border-radius: 6px;'
      + ' background: #1f2d37; color: #fff; font-family: Inter, sans-serif; font-size: 14px';
    document.body.append(line);
    return line;
  };

  const drawAll = async () => {
    const end = Date.now() + LONGEST_MS;
    [...rows].forEach((row) => row.comeNear());
    while (undrawn().length && Date.now() < end) await pause(PAUSE_MS);
    await pause(SETTLED_MS);
  };

  const hold = (event) => {
    event.stopImmediatePropagation();
    event.preventDefault();
  };

  let isDrawing = false;
  let isReady = false;
  const choose = async (event) => {
    const choice = event.target.closest?.('[role="menuitem"]');
    if (isReady || !DOWNLOADS.test(choice?.dataset.menuId ?? '')) return;
    if (isDrawing) hold(event);
    if (isDrawing || !undrawn().length) return;
    hold(event);
    isDrawing = true;
    const line = say('Die Seite wird vollständig gezeichnet, dann beginnt der Download …');
    await drawAll();
    line.remove();
    isDrawing = false;
    const missing = undrawn().length;
    if (missing) {
      const warning = say(
        `Nicht rechtzeitig fertig und leer: ${missing} von ${tiles().length} Kacheln.`);
      pause(LONGEST_MS / 6).then(() => warning.remove());
    }
    isReady = true;
    choice.click();
    isReady = false;
  };

  document.addEventListener('click', choose, true);
  // The menu acts on the key itself, without a click.
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') choose(event);
  }, true);
})();
