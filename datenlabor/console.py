"""What the user sees while work goes on."""

from rich.console import Console

# Lines stay whole, so that a path can be copied and a pipe reads it in one piece.
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def step(number: int, total: int, text: str) -> None:
    """Announce one step of a job with several."""
    out.print(f"[bold][{number}/{total}][/bold] {text}")


def done(text: str) -> None:
    """Report what a step came to."""
    out.print(f"      {text}")
