"""An added group of commands."""

from recsys.cli.group import Group
from recsys.cli.output import out

app = Group("Greetings")


@app.command()
def greet() -> None:
    """Greet."""
    out.print("good day")
