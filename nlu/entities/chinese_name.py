"""Say which characters may belong to the name of a place or an organisation in running Chinese speech."""

# Words that stand before a name and never inside one; the match starts behind them.
_NEVER_INSIDE = (
    "我你您他她它们在住到是的了从去来被把跟这那就叫说给让请问想要啊呢吧吗个都也还没不很太过"
)
_WORDS_BEFORE = (
    "昨天|今天|明天|前天|后天|昨晚|今晚|早上|上午|中午|下午|晚上|路过|经过|位于|地址|靠近|附近|旁边|对面|门口|家里"
    "|时候|因为|所以|但是|然后|好像|应该|已经|一家|一个|那边|这边|有个|有家|位置|单位|名称|叫做|投诉|举报|去年|今年|上周|下周"
    "|上班|工作|看病|住院|打工|咨询|和|于|跟|与|为|离|往|朝"
)
NAME_CHAR = rf"(?:(?!{_WORDS_BEFORE})[^\W\d_a-zA-Z{_NEVER_INSIDE}])"
