"""Offer the `hotline` command."""

import signal
import sys

import click
import typer

from app.commands.bench import bench
from app.commands.call import call
from app.commands.callee import callee
from app.commands.calls import calls
from app.commands.campaign import campaign
from app.commands.eval import evaluate
from app.commands.models import models
from app.commands.prepare import prepare
from app.commands.rehearse import rehearse
from app.commands.run import run
from app.commands.serve import serve
from app.commands.settings import settings
from app.commands.transcribe import transcribe
from domain.errors import ContactCentreError, InputError, NotFound, Refused

EXIT_FAILED = 1
EXIT_WRONG_INPUT = 2
EXIT_INTERRUPTED = 130

cli = typer.Typer(
    help="OpenHotline: an open-source speech-AI contact centre.",
    no_args_is_help=True,
    add_completion=False,
)
cli.command()(run)
cli.command()(prepare)
cli.command()(rehearse)
cli.command()(serve)
cli.command()(call)
cli.command()(callee)
cli.command()(transcribe)
cli.add_typer(calls, name="calls")
cli.add_typer(campaign, name="campaign")
cli.add_typer(models, name="models")
cli.add_typer(bench, name="bench")
cli.add_typer(evaluate, name="eval")
cli.add_typer(settings, name="settings")


def main() -> None:
    """Run the command; every failure we can name becomes one sentence on standard error."""
    # A shell that starts us in the background makes us ignore Ctrl-C; being asked to stop must always work.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        outcome = cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(EXIT_INTERRUPTED)
    except (InputError, NotFound, Refused) as error:
        typer.echo(f"hotline: {error.message}", err=True)
        sys.exit(EXIT_WRONG_INPUT)
    except ContactCentreError as error:
        typer.echo(f"hotline: {error.message}", err=True)
        sys.exit(EXIT_FAILED)
    sys.exit(outcome if isinstance(outcome, int) else 0)
