"""The pages of the form. Who may open them: the role Redaktion (permission in ``roles.yaml``)."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)

from comments import published
from comments.listing import sections
from comments.wording import ACTIONS, STATUSES, day, moment
from datenlabor.comments.board import Action, Comment, CommentError, Content, Status, Version
from datenlabor.comments.checking import (
    AUDIENCES,
    KINDS,
    REASON_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    Choices,
    content_of,
    problems,
    tidy,
)
from datenlabor.comments.store import CommentStore

PERMISSION = ("can_write", "Comments")
_CHECKED = "is_checked"
_UNCHECKED = "Bitte bestätigen Sie, dass der Text keine geheime Zahl nennt."

blueprint = Blueprint(
    "comments",
    __name__,
    url_prefix="/einordnungen",
    template_folder="templates",
    static_folder="static",
)


def _only_editors() -> Response | None:
    from superset.extensions import security_manager

    if g.user.is_anonymous:
        return redirect(f"/login/?next={url_for('comments.overview')}")
    if not security_manager.can_access(*PERMISSION):
        abort(403)
    return None


def _keep_nothing(response: Response) -> Response:
    """Let no browser keep drafts; what the pages look like it may keep."""
    if response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
    return response


def _explain(error: CommentError) -> Response:
    """Say on the comment's page, or else on the list, what could not be done."""
    flash(str(error), "error")
    code = (request.view_args or {}).get("code")
    is_known = code and request.method == "POST"
    return redirect(url_for("comments.comment", code=code) if is_known else _list_url())


def _explain_disk(error: OSError) -> Response:
    """Keep what was typed on the screen: the browser goes back to it."""
    flash(f"Es konnte nicht gespeichert werden ({error.strerror}). Gehen Sie zurück.", "error")
    return redirect(_list_url())


def overview() -> str:
    """Show all comments, what is to be done first."""
    choices = published.choices()
    found = sections(_visible(choices), _account())
    return _page("list.html", sections=found, choices=choices, shown=published.shown_versions())


def new() -> str | Response:
    """Write a new comment."""
    empty = content_of({"kind": "assessment", "audience": "internal"})
    return _edit(None, empty)


def comment(code: str) -> str:
    """Show a comment with all its versions and its protocol."""
    choices = published.choices()
    found = _find(code, choices)
    return _page(
        "comment.html",
        comment=found,
        version=found.last,
        is_own=_is_own(found.last),
        figures=published.figures(found.last.content),
        choices=choices,
        shown=published.shown_versions(),
    )


def edit(code: str) -> str | Response:
    """Go on with a draft, or write the next version of what is published."""
    found = _find(code, published.choices())
    last = found.last
    if last.status == Status.WAITING or (last.status == Status.DRAFT and not _is_own(last)):
        raise CommentError("Diese Fassung können Sie jetzt nicht ändern.")
    return _edit(found, last.content)


def review(code: str) -> Response:
    """Approve a version or return it."""
    choices = published.choices()
    last = _find(code, choices).last
    action = Action.APPROVED if request.form.get("do") == "approve" else Action.RETURNED
    if action == Action.APPROVED:
        if not request.form.get(_CHECKED):
            raise CommentError(_UNCHECKED)
        wrong = problems(last.content, choices)
        if wrong and not last.content.is_withdrawn:
            raise CommentError(f"So kann sie nicht erscheinen: {' '.join(wrong.values())}")
    _record(action, code, last.number, reason=_reason())
    text = {
        Action.APPROVED: "Freigegeben. Sie erscheint mit der nächsten Veröffentlichung.",
        Action.RETURNED: "Zurückgegeben.",
    }[action]
    flash(text, "done")
    return _to(code)


def discard(code: str) -> Response:
    """Give a draft up."""
    last = _find(code, published.choices()).last
    _record(Action.DISCARDED, code, last.number)
    flash("Der Entwurf ist verworfen.", "done")
    return redirect(_list_url())


def withdraw(code: str) -> Response:
    """Propose that a comment ends."""
    _find(code, published.choices())
    _store().withdraw(_account(), code, _reason() or "", seen=_seen())
    flash("Zum Zurückziehen vorgeschlagen. Jemand anderes prüft es.", "done")
    return _to(code)


def _edit(found: Comment | None, content: Content) -> str | Response:
    """Show the form, or do with it what the pressed button says."""
    choices, wrong = published.choices(), dict[str, str]()
    do = request.form.get("do", "")
    if request.method == "POST":
        content = content_of(request.form)
        wrong = problems(content, choices, is_draft=do != "submit")
        if do == "submit" and not request.form.get(_CHECKED):
            wrong[_CHECKED] = _UNCHECKED
        if not wrong and do in ("save", "submit"):
            return _saved(found, content, do)
    number = found.next_number if found else 1
    former = found.version(number) if found else None
    return _page(
        "edit.html",
        comment=found,
        number=number,
        seen=len(former.history) if former else 0,
        content=content,
        wrong=wrong,
        figures=published.figures(content),
        has_preview=do == "preview",
        choices=choices,
    )


def _saved(found: Comment | None, content: Content, do: str) -> Response:
    if found:
        _record(Action.SAVED, found.code, found.next_number, content=content)
        code = found.code
    else:
        code = _store().begin(_account(), content).code
    if do == "submit":
        last = _store().read()[code].last
        seen = len(last.history)
        _store().record(_account(), Action.SUBMITTED, code, last.number, seen=seen)
    flash("Zur Prüfung gegeben." if do == "submit" else "Der Entwurf ist gespeichert.", "done")
    return _to(code)


def _record(
    action: Action,
    code: str,
    number: int,
    *,
    content: Content | None = None,
    reason: str | None = None,
) -> None:
    _store().record(_account(), action, code, number, seen=_seen(), content=content, reason=reason)


def _seen() -> int:
    """Return how much of a version's protocol there was when the page was made."""
    return int(request.form.get("seen", default=-1, type=int))


def _reason() -> str | None:
    return tidy(request.form.get("reason", ""))[:REASON_LENGTH] or None


def _visible(choices: Choices) -> list[Comment]:
    """Return the comments on areas the user may see, newest first."""
    found = [
        comment
        for comment in _store().read().values()
        if all(v.content.area_code in ("", *choices.areas) for v in comment.versions)
    ]
    return sorted(found, key=lambda comment: comment.last.history[-1].at, reverse=True)


def _find(code: str, choices: Choices) -> Comment:
    found = next((comment for comment in _visible(choices) if comment.code == code), None)
    return found or abort(404)


def _is_own(version: Version) -> bool:
    return _account() in version.authors


def _account() -> str:
    return str(g.user.username)


def _store() -> CommentStore:
    return CommentStore(published.home().comments)


def _to(code: str) -> Response:
    return redirect(url_for("comments.comment", code=code))


def _list_url() -> str:
    return str(url_for("comments.overview"))


def _page(template: str, **values: Any) -> str:  # noqa: ANN401  whatever the page shows
    known = {
        "account": _account(),
        "kinds": KINDS,
        "audiences": AUDIENCES,
        "statuses": STATUSES,
        "actions": ACTIONS,
        "day": day,
        "moment": moment,
        "title_length": TITLE_LENGTH,
        "text_length": TEXT_LENGTH,
        "reason_length": REASON_LENGTH,
    }
    return str(render_template(f"comments/{template}", **known, **values))


_ROUTES = {
    "/": (overview, ["GET"]),
    "/neu": (new, ["GET", "POST"]),
    "/<code>": (comment, ["GET"]),
    "/<code>/schreiben": (edit, ["GET", "POST"]),
    "/<code>/pruefen": (review, ["POST"]),
    "/<code>/verwerfen": (discard, ["POST"]),
    "/<code>/zurueckziehen": (withdraw, ["POST"]),
}
for _address, (_view, _methods) in _ROUTES.items():
    blueprint.add_url_rule(_address, view_func=_view, methods=_methods)
blueprint.before_request(_only_editors)
blueprint.after_request(_keep_nothing)
blueprint.register_error_handler(CommentError, _explain)
blueprint.register_error_handler(OSError, _explain_disk)
