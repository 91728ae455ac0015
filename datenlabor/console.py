"""What the user sees while work goes on."""

from rich.console import Console

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def step(number: int, total: int, text: str) -> None:
    """Announce one step of a job with several."""
    out.print(f"[bold][{number}/{total}][/bold] {text}")


def done(text: str) -> None:
    """Report what a step came to."""
    out.print(f"      {text}")
