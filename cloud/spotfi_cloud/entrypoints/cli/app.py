"""The commands of `spotfi` and the one place where errors become a sentence and an exit status."""

# ruff: noqa: PLC0415 - commands import what they need when they run; see the package's docstring

import sys
from pathlib import Path
from typing import Annotated

import typer

from spotfi_cloud.entrypoints.refusal import EXIT_REFUSED, say_why
from spotfi_cloud.entrypoints.settings import Settings, load
from spotfi_cloud.kernel.errors import SpotFiError

app = typer.Typer(
    name="spotfi", help="Run and look after a SpotFi installation.", no_args_is_help=True, add_completion=False
)
database_app = typer.Typer(help="The database's schema.", no_args_is_help=True)
admin_app = typer.Typer(help="Admin accounts, for whoever has this machine.", no_args_is_help=True)
app.add_typer(database_app, name="db")
app.add_typer(admin_app, name="admin")

Email = Annotated[str | None, typer.Argument(help="The account; SPOTFI_ADMIN_EMAIL where not given.")]


@app.command()
def up() -> None:
    """Start the whole platform on this machine; Ctrl-C stops it."""
    from spotfi_cloud.entrypoints.embedded.up import up as bring_up

    bring_up(load())


@app.command()
def demo() -> None:
    """The same with simulated routers and guests."""
    from spotfi_cloud.entrypoints.embedded.roles import demo_programs
    from spotfi_cloud.entrypoints.embedded.up import up as bring_up

    bring_up(load(), extra=demo_programs)


@app.command()
def run(role: Annotated[str, typer.Argument(help="api, ingest, radius, worker or broker.")]) -> None:
    """Be one role of a production installation, in this process."""
    from spotfi_cloud.entrypoints.cli.roles import run_role

    run_role(role, load())


@database_app.command()
def upgrade() -> None:
    """Bring the schema to what this version needs; where SPOTFI_ADMIN_PASSWORD is set, see to it that this Admin exists."""
    from spotfi_cloud.entrypoints import migrations
    from spotfi_cloud.entrypoints.cli import accounts

    settings = load()
    url = _database_url(settings)
    before = migrations.current(url)
    migrations.upgrade(url)
    after = migrations.current(url)
    typer.echo(
        f"The schema is at {after}." if before == after else f"The schema went from {before or 'nothing'} to {after}."
    )
    if settings.admin_password is not None:
        accounts.ensure_admin(url, settings.admin_email, settings.admin_password.get_secret_value())


@database_app.command()
def status() -> None:
    """Tell whether the schema is what this version needs; exit status 1 where it is not."""
    from spotfi_cloud.entrypoints import migrations

    url = _database_url(load())
    current, head = migrations.current(url), migrations.head()
    if current != head:
        typer.echo(f"The schema is at {current or 'nothing'}, this version needs {head}: run `spotfi db upgrade`.")
        raise typer.Exit(1)
    typer.echo(f"The schema is at {current}, as this version needs.")


@database_app.command()
def backup(file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")]) -> None:
    """Write the whole database to a file and try it out by restoring it beside. The secret key is not in it."""
    from spotfi_cloud.entrypoints.cli import backup as backups
    from spotfi_cloud.entrypoints.embedded.borrowed import database_for_command
    from spotfi_cloud.kernel.clock import SystemClock

    settings = load()
    with database_for_command(settings) as url:
        manifest = backups.back_up(settings, url, file, clock=SystemClock())
    typer.echo(f"{file}: {sum(manifest.rows.values())} rows of {len(manifest.rows)} tables, restored once to be sure.")
    typer.echo(
        f"Keep the secret key elsewhere (fingerprint {manifest.secret_key_fingerprint}): without it a restore is refused."
    )


@database_app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file `spotfi db backup` wrote.")]) -> None:
    """Put a backup in the place of the database, while SpotFi is stopped; the old database is kept under another name."""
    from spotfi_cloud.entrypoints import migrations
    from spotfi_cloud.entrypoints.cli import backup as backups
    from spotfi_cloud.entrypoints.embedded.borrowed import database_for_command
    from spotfi_cloud.kernel.clock import SystemClock

    settings = load()
    with database_for_command(settings) as url:
        manifest, kept = backups.restore(settings, url, file, clock=SystemClock())
    typer.echo(f"Restored what was there at {manifest.made_at}; the database it replaces is kept as {kept}.")
    if manifest.schema != migrations.head():
        typer.echo("Its schema is older than this version's: run `spotfi db upgrade`.")


@admin_app.command()
def create(email: Email = None) -> None:
    """Make an Admin account; the password is asked for, or read from standard input."""
    from spotfi_cloud.entrypoints.cli import accounts

    settings = load()
    accounts.create_admin(_database_url(settings), email or settings.admin_email)


@admin_app.command()
def password(email: Email = None) -> None:
    """Set an account's password, asked for or read from standard input, and enable the account."""
    from spotfi_cloud.entrypoints.cli import accounts

    settings = load()
    accounts.reset_password(_database_url(settings), email or settings.admin_email)


@app.command()
def verify() -> None:
    """Check that ledger, sessions, quotas and invoices agree to the byte; exit status 1 where they do not."""
    from spotfi_cloud.entrypoints.cli import consistency

    differences = consistency.find_differences(_database_url(load()))
    for difference in differences:
        typer.echo(difference)
    if differences:
        typer.echo(f"Differences: {len(differences)}.")
        raise typer.Exit(1)
    typer.echo("Everything agrees.")


def _database_url(settings: Settings) -> str:
    """The database the settings name, else the embedded one of a `spotfi up` that is running."""
    if settings.database_url is not None:
        return settings.database_url
    from spotfi_cloud.entrypoints.embedded.database import running_database_url

    return running_database_url(settings.data_dir)


def main() -> None:
    """Entry of the `spotfi` command. What people can mend is one sentence and exit status 2, never a traceback."""
    try:
        app()
    except SpotFiError as error:
        sys.exit(say_why(error))
    except KeyboardInterrupt:
        sys.exit(EXIT_REFUSED)
