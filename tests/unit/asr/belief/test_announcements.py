"""What the telephone system says is not what the other party says."""

import pytest

from asr.belief.announcements import announcement_in


@pytest.mark.parametrize(
    "text",
    [
        "您好，您拨打的用户正忙，请稍后再拨。",
        "对不起您拨打的电话暂时无法接通请稍后再拨",
        "您播打的用户正忙 请稍后再拨",  # as a recogniser may write it
        "We're sorry, the number you have dialed is not in service. Please check the number and dial again.",
        "Sorry, the subscriber you dialed is power off.",
        "Le numéro que vous avez demandé n'est pas attribué.",
        "El número que usted ha marcado no existe.",
        "Аппарат абонента выключен или находится вне зоны действия сети.",
        "おかけになった電話番号は現在使われておりません。番号をお確かめになっておかけ直しください。",
    ],
)
def test_sentences_of_the_network_are_announcements(text: str) -> None:
    assert announcement_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "好",
        "请稍后再拨",
        "请稍等，我帮您查一下",
        "Please hold the line.",
        "Thank you for calling, how can I help you?",
        "This call may be recorded for quality and training purposes.",
        "您好，欢迎致电12345，请问有什么可以帮您",
        "我打电话过去说您拨打的用户正忙怎么办",
        "When I call them it says the number you have dialed is not in service, and I do not know why.",
        "他的电话一直在通话中",
    ],
)
def test_what_a_person_may_say_is_not(text: str) -> None:
    assert not announcement_in(text)
