"""A list of contacts is checked line by line before anybody is called."""

import pytest

from domain.errors import InputError
from domain.language import EN, ZH
from outbound_bot.contact_list import ContactList, mask_name, read_contacts

HEADER = "contact_id,name,phone,language,ticket_ref\n"


def read(text: str) -> ContactList:
    return read_contacts(text, languages=(ZH, EN), file="list.csv")


def refusal(text: str) -> str:
    with pytest.raises(InputError) as refused:
        read(text)
    assert refused.value.code == "outbound_bot.contacts"
    return refused.value.message


def test_a_contact_keeps_everything_the_list_says() -> None:
    [contact] = read(HEADER + "c1,王小明,138 0013-8000,zh,T-7\n").contacts

    assert (contact.contact_id, contact.name, contact.phone) == ("c1", "王小明", "13800138000")
    assert (contact.language, contact.ticket_ref, contact.line) == (ZH, "T-7", 2)


def test_the_ticket_may_be_left_out() -> None:
    [contact] = read("contact_id,name,phone,language\nc1,Anna Lee,+15551234,en\n").contacts

    assert contact.ticket_ref is None


def test_a_spreadsheet_with_a_byte_order_mark_is_read() -> None:
    assert len(read("\ufeff" + HEADER + "c1,王,12345,zh,\n").contacts) == 1


def test_one_number_is_called_once_and_the_report_says_which_line_was_left_out() -> None:
    people = read(
        HEADER + "c1,王,13800138000,zh,\nc2,李,138-0013-8000,zh,\nc3,张,13900139000,zh,\n"
    )

    assert [contact.contact_id for contact in people.contacts] == ["c1", "c3"]
    assert [(each.line, each.first_line) for each in people.duplicates] == [(3, 2)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("c1,王,call me,zh,", "line 2: phone: expected 3 to 15 digits"),
        ("c1,王,12345,fr,", "line 2: language: expected one of zh, en (the script's), got 'fr'"),
        (",王,12345,zh,", "line 2: contact_id"),
        ("c1,,12345,zh,", "line 2: name"),
        ("c1,Lee, Anna,12345,zh,T,extra", "line 2: expected 5 columns, got more"),
    ],
)
def test_a_line_that_cannot_be_called_is_named(row: str, expected: str) -> None:
    assert expected in refusal(HEADER + row + "\n")


def test_every_wrong_line_is_named_at_once() -> None:
    message = refusal(HEADER + "c1,王,x,zh,\nc2,李,12345,zh,\nc3,张,y,zh,\n")

    assert "line 2" in message
    assert "line 4" in message
    assert "line 3" not in message


def test_of_very_many_wrong_lines_the_first_are_named_and_the_rest_counted() -> None:
    assert "and 15 more lines" in refusal(HEADER + "c1,王,x,zh,\n" * 25)


def test_an_id_used_twice_is_refused() -> None:
    assert "line 3: contact_id: expected an id of its own, got that of line 2" in refusal(
        HEADER + "c1,王,12345,zh,\nc1,李,12346,zh,\n"
    )


@pytest.mark.parametrize(
    "text", ["", "a,b,c\n1,2,3\n", HEADER, 'contact_id,name,phone,language\nc1,"open']
)
def test_what_is_no_list_is_refused(text: str) -> None:
    assert refusal(text).startswith("list.csv line ")


@pytest.mark.parametrize(
    ("name", "masked"),
    [("王小明", "王**"), ("欧阳娜", "欧**"), ("Anna Lee", "A*** L**"), ("王", "王")],
)
def test_a_masked_name_shows_no_more_than_its_first_letters(name: str, masked: str) -> None:
    assert mask_name(name) == masked
