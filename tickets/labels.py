"""Name the fields of a draft in the two languages of the desk."""

FIELD_LABELS: dict[str, tuple[str, str]] = {
    "matter": ("诉求事项", "Matter"),
    "topic": ("事项编码", "Topic code"),
    "other_matters": ("其他诉求", "Other matters"),
    "urgency": ("紧急程度", "Urgency"),
    "description": ("诉求描述", "Description"),
    "caller_name": ("来电人姓名", "Caller's name"),
    "caller_phone": ("联系电话", "Phone number"),
    "id_number": ("身份证号", "ID number"),
    "time": ("发生时间", "Time"),
    "address": ("地址", "Address"),
    "organisation": ("涉及单位", "Organisation"),
    "amount": ("涉及金额", "Amount"),
    "language": ("来电语言", "Language"),
    "return_visit": ("回访结果", "Return visit"),
}
FIELD_ORDER = tuple(FIELD_LABELS)
