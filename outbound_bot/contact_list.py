"""Read whom to call from a CSV, drop duplicates, and say what was found before anything is dialled."""

import csv
import io
import re
from dataclasses import dataclass

from domain.errors import InputError
from domain.ids import ContactId
from domain.language import LanguageTag

CODE = "outbound_bot.contacts"
NEEDED = ("contact_id", "name", "phone", "language")
COLUMNS = (*NEEDED, "ticket_ref")
LONGEST_LIST = 5_000_000  # characters, some 100,000 contacts
MOST_REFUSALS_SHOWN = 10
PHONE = re.compile(
    r"\+?[0-9]{3,15}|sim:[a-z]{2,20}(\.[a-z]{2})?"
)  # sim: is the rehearsal, .en its language
IDENTIFIER = re.compile(r"[A-Za-z0-9_.-]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One person to call, with the line of the list they stand on."""

    contact_id: ContactId
    name: str
    phone: str
    language: LanguageTag
    ticket_ref: str | None
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A line that was left out because its number is already on the list."""

    line: int
    first_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactList:
    """Who will be called, and the pre-flight report of who will not."""

    contacts: tuple[Contact, ...]
    duplicates: tuple[Duplicate, ...]


def read_contacts(
    text: str, *, languages: tuple[LanguageTag, ...], file: str = "contacts"
) -> ContactList:
    """Raises InputError("outbound_bot.contacts") naming every line that cannot be used."""
    if len(text) > LONGEST_LIST:
        raise InputError(
            CODE,
            f"{file}: expected at most {LONGEST_LIST} characters, got {len(text)}; split the list",
        )
    rows = csv.DictReader(
        io.StringIO(text.lstrip("\ufeff"), newline=""), restkey="…", restval="", strict=True
    )
    refusals: list[str] = []
    contacts: list[Contact] = []
    try:
        _check_header(rows.fieldnames, file)
        for row in rows:
            wrong = _wrong(row, languages)
            if wrong:
                refusals.append(f"line {rows.line_num}: {wrong}")
            else:
                contacts.append(_contact(row, rows.line_num))
    except csv.Error as error:
        raise InputError(CODE, f"{file} line {rows.line_num}: not valid CSV: {error}") from error
    refusals += _repeated_ids(contacts)
    _refuse(file, refusals)
    if not contacts:
        raise InputError(CODE, f"{file} line 2: expected at least one contact, got only a header")
    return _without_duplicates(contacts)


def mask_name(name: str) -> str:
    """Enough to recognise a colleague's case, too little to know a stranger: 王小明 → 王**, Anna Lee → A*** L**."""
    return " ".join(part[0] + "*" * (len(part) - 1) for part in name.split())


def _check_header(header: object, file: str) -> None:
    names = tuple(str(name) for name in header) if isinstance(header, list) else ()
    missing = [name for name in NEEDED if name not in names]
    strange = [name for name in names if name not in COLUMNS]
    if missing or strange:
        raise InputError(
            CODE,
            f"{file} line 1: expected the columns {','.join(COLUMNS)}, got {','.join(names) or 'nothing'}",
        )


def _wrong(row: dict[str, str], languages: tuple[LanguageTag, ...]) -> str | None:
    if "…" in row:
        return f"expected {len(COLUMNS)} columns, got more; put quotes around a text with a comma"
    if not IDENTIFIER.fullmatch(row["contact_id"].strip()):
        return "contact_id: expected up to 40 of A-Z a-z 0-9 _ . -"
    if not row["name"].strip() or len(row["name"]) > 100:
        return "name: expected 1 to 100 characters"
    if not PHONE.fullmatch(_digits(row["phone"])):
        return "phone: expected 3 to 15 digits, a + in front at most"
    if row["language"].strip() not in languages:
        return f"language: expected one of {', '.join(languages)} (the script's), got {row['language'].strip()[:20]!r}"
    return None


def _digits(phone: str) -> str:
    return re.sub(r"[\s()-]", "", phone)


def _contact(row: dict[str, str], line: int) -> Contact:
    return Contact(
        contact_id=ContactId(row["contact_id"].strip()),
        name=row["name"].strip(),
        phone=_digits(row["phone"]),
        language=LanguageTag(row["language"].strip()),
        ticket_ref=(row.get("ticket_ref") or "").strip()[:60] or None,
        line=line,
    )


def _repeated_ids(contacts: list[Contact]) -> list[str]:
    first: dict[ContactId, int] = {}
    return [
        f"line {contact.line}: contact_id: expected an id of its own, got that of line {first[contact.contact_id]}"
        for contact in contacts
        if first.setdefault(contact.contact_id, contact.line) != contact.line
    ]


def _refuse(file: str, refusals: list[str]) -> None:
    if refusals:
        shown = "; ".join(refusals[:MOST_REFUSALS_SHOWN])
        more = len(refusals) - MOST_REFUSALS_SHOWN
        raise InputError(CODE, f"{file} {shown}" + (f"; and {more} more lines" if more > 0 else ""))


def _without_duplicates(contacts: list[Contact]) -> ContactList:
    """One number is called once per campaign; the first line wins."""
    first: dict[str, int] = {}
    kept = tuple(c for c in contacts if first.setdefault(c.phone, c.line) == c.line)
    dropped = tuple(
        Duplicate(line=c.line, first_line=first[c.phone])
        for c in contacts
        if first[c.phone] != c.line
    )
    return ContactList(contacts=kept, duplicates=dropped)
