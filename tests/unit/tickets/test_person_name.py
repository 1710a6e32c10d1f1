"""A caller's name is theirs only when they give it as theirs."""

import pytest

from tickets.person_name import find_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我叫李芳", "李芳"),
        ("你好我叫王建国我想问一下", "王建国"),
        ("我姓陈 耳东陈", "陈"),
        ("免贵姓张", "张"),
        ("我姓王,叫王建国", "王建国"),
        ("我的名字是欧阳修文", "欧阳修文"),
        ("姓名刘洋", "刘洋"),
        ("hello my name is John Smith", "John Smith"),
        ("this is Maria speaking", "Maria"),
        ("bonjour je m'appelle Claire Dubois", "Claire Dubois"),
        ("меня зовут Иван Петров", "Иван Петров"),
        ("私の名前は田中です", "田中"),
        ("제 이름은 김민수입니다", "김민수"),
    ],
)
def test_a_given_name_is_found_where_it_stands(text: str, name: str) -> None:
    found = find_name(text)

    assert found is not None
    assert found.name == name
    assert text[found.start_char : found.end_char] == name


@pytest.mark.parametrize(
    "text", ["我叫你别吵", "我叫救护车", "那个人姓李", "孩子名字叫王小明", "this is urgent", "贵姓"]
)
def test_what_is_no_name_of_the_caller_is_left_alone(text: str) -> None:
    assert find_name(text) is None
