"""Classes that cadres were sent to, and who was in them."""

from datetime import timedelta

from inspections.fiction.records import Line
from inspections.fiction.registers import Register, ago, likely, one_of

LONG, SHORT = 125, 5  # days
ABILITY = "能力素质提升工程"
# name, programme, for whom, about what, days
CLASSES = (
    ("村干部数字化办公班", ABILITY, "其他村干部", "计算机与系统操作", LONG),
    ("村党组织书记能力提升班", ABILITY, "党组织书记", "基层治理与产业发展", LONG),
    ("村干部普通办公软件短训班", ABILITY, "其他村干部", "文字处理与表格", SHORT),
    ("第一书记示范培训班", "驻村干部培训", "第一书记", "驻村工作方法", SHORT),
    ("致富带头人培育班", "致富带头人培育", "致富带头人", "电商与冷链", SHORT),
)


def training_classes(county):
    """Held within the last year and over by today."""
    for number, (name, programme, audience, topic, days) in enumerate(CLASSES, 1):
        starts_on = ago(county, days + 10, 360)
        yield Line(
            None,
            {
                "班次编号": f"PX{starts_on.year}-{number:03}",
                "班次名称": f"{starts_on.year}年{name}",
                "培训项目": programme,
                "主办单位": "县委组织部",
                "承办地点": "县委党校",
                "平台": "集中轮训" if days == LONG else "党校",
                "方式": "脱产",
                "开始日期": starts_on,
                "结束日期": starts_on + timedelta(days=days),
                "天数/学时": f"{days}天",
                "期次": 1,
                "对象类别": audience,
                "主题": topic,
                "考核方式": "实操考试",
                "满意度(%)": county.random.randint(88, 99),
                "经费(万元)": days * county.random.randint(3, 9) / 100,
            },
        )


def enrolments(county):
    """What the class's own line says of its students is counted from them."""
    for one in county.lines["training_classes"]:
        students = [student(county, one, *who) for who in sent(county, one["对象类别"])]
        passed = sum(student["是否合格"] for student in students)
        one.facts |= {"应训人数": len(students) + 2, "实训人数": len(students), "合格人数": passed}
        one.facts |= {
            f"{when}均分": average([student[when] for student in students]) for when in ("前测", "后测")
        }
        yield from students


def sent(county, audience):
    """(village, name, identity number, post) of who the class is for."""
    for village in county.villages:
        if audience == "第一书记":
            found = [(one.name, "", one.duty) for one in village.postings if "第一书记" in one.duty]
        elif audience == "致富带头人":
            found = [(one["姓名"], "", "") for one in county.lines["leaders"] if one.village is village]
        else:
            heads = audience == "党组织书记"
            cadres = village.cadres[:1] if heads else village.cadres
            found = [(one.name, one.id_number, one.post) for one in cadres if one.digital != "不会"]
        yield from ((village, *who) for who in found if likely(county, 0.5))


def student(county, training, village, name, id_number, post):
    before, after = county.random.randint(25, 60), county.random.randint(50, 98)
    return Line(
        village,
        {
            "班次编号": training["班次编号"],
            "姓名": name,
            "身份证号码": id_number,
            "职务": post,
            "学时": 480 if training["培训项目"] == ABILITY else 40,
            "出勤": "全勤",
            "前测": before,
            "后测": after,
            "是否合格": after >= 60,
            "数字化水平(训后)": one_of(county, "会基本操作", "熟练") if id_number else "",
        },
    )


def average(scores):
    return round(sum(scores) / len(scores), 1) if scores else None


REGISTERS = (
    Register(
        "training_classes",
        "13培训班次台账",
        "培训班次台账",
        training_classes,
        "序号 班次编号 班次名称 培训项目 主办单位 承办地点 平台 方式 开始日期=day 结束日期=day 天数/学时 期次 对象类别 主题 应训人数=sum"
        " 实训人数=sum 考核方式 合格人数=sum 前测均分 后测均分 满意度(%)=percent 经费(万元)=sum 备注",
    ),
    Register(
        "enrolments",
        "14培训学员表",
        "培训学员表",
        enrolments,
        "序号 班次编号 乡(镇) 村 姓名=name 身份证号码=id 职务 学时 出勤 前测 后测 是否合格=yes 证书号 数字化水平(训后)",
    ),
)
