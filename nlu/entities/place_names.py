"""Keep a small list of place names: enough to start an address, not a gazetteer."""


def _names(written: str) -> tuple[str, ...]:
    return tuple(written.split())


PROVINCES = _names(
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 "
    "湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 "
    "香港 澳门"
)
CITIES = _names(
    "石家庄 唐山 太原 沈阳 大连 长春 哈尔滨 南京 苏州 无锡 常州 南通 徐州 杭州 宁波 温州 "
    "嘉兴 绍兴 金华 合肥 芜湖 福州 厦门 泉州 南昌 济南 青岛 烟台 潍坊 郑州 洛阳 武汉 宜昌 "
    "长沙 广州 深圳 珠海 佛山 东莞 中山 惠州 南宁 桂林 海口 三亚 成都 绵阳 贵阳 昆明 西安 "
    "兰州 西宁 银川 乌鲁木齐 呼和浩特 拉萨 伊犁 喀什"
)
DISTRICTS = _names(
    "东城 西城 朝阳 海淀 丰台 石景山 门头沟 房山 通州 顺义 昌平 大兴 怀柔 平谷 密云 延庆 "
    "亦庄 黄浦 徐汇 长宁 静安 普陀 虹口 杨浦 闵行 宝山 嘉定 浦东新 浦东 金山 松江 青浦 "
    "奉贤 崇明 天河 越秀 荔湾 海珠 白云 番禺 福田 罗湖 南山 龙岗 宝安"
)
PLACES_ABROAD = _names(
    "泰国 曼谷 普吉 清迈 日本 东京 大阪 韩国 首尔 新加坡 马来西亚 吉隆坡 印尼 印度尼西亚 "
    "巴厘岛 越南 河内 柬埔寨 西哈努克 金边 缅甸 老挝 菲律宾 马尼拉 印度 尼泊尔 巴基斯坦 "
    "斯里兰卡 马尔代夫 迪拜 阿联酋 沙特 伊朗 伊拉克 以色列 土耳其 埃及 俄罗斯 莫斯科 "
    "乌克兰 法国 巴黎 德国 柏林 法兰克福 英国 伦敦 意大利 罗马 米兰 西班牙 马德里 "
    "巴塞罗那 葡萄牙 荷兰 比利时 瑞士 瑞典 希腊 美国 纽约 洛杉矶 加拿大 温哥华 多伦多 "
    "墨西哥 巴西 阿根廷 智利 秘鲁 澳大利亚 澳洲 悉尼 墨尔本 新西兰 奥克兰 南非 尼日利亚 "
    "肯尼亚 埃塞俄比亚 安哥拉 苏丹 利比亚 "
    "Thailand Bangkok Phuket Japan Tokyo Osaka Korea Seoul Singapore Malaysia Indonesia "
    "Bali Vietnam Cambodia Myanmar Laos Philippines Manila India Nepal Dubai Egypt Turkey "
    "Russia Moscow Ukraine France Paris Germany Berlin Frankfurt London Italy Rome Milan "
    "Spain Madrid Barcelona Portugal Greece Canada Vancouver Toronto Mexico Brazil "
    "Argentina Chile Australia Sydney Melbourne Kenya Nigeria Ethiopia"
)
