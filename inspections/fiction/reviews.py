"""Who left a post in a village and why, and what the joint reviews of those in post concluded."""

from inspections.fiction import names
from inspections.fiction.records import Line
from inspections.fiction.registers import Register, likely

WHY = (
    ("调整", "不胜任现职"),
    ("免职", "不胜任现职"),
    ("清理", "刑事处罚"),
    ("辞职", "个人原因"),
    ("调任", "工作需要"),
    ("届满", "年龄原因"),
)
DEPARTMENTS = ("纪委监委", "组织", "政法", "信访", "法院", "检察院", "公安", "司法", "其他")


def adjustments(county):
    """Who was in the post before somebody who holds it now; the day is the one that the new one began on."""
    for village in county.villages:
        for cadre in village.cadres:
            if likely(county, 0.5 if cadre is village.secretary else 0.12):
                kind, reason = county.random.choice(WHY)
                yield Line(
                    village,
                    {
                        "姓名": names.person_name(county.random, cadre.sex == "男"),
                        "原职务": cadre.post,
                        "调整类型": kind,
                        "调整原因类别": reason,
                        "文号": f"晴组干〔{cadre.since.year}〕8号",
                        "日期": cadre.since,
                        "接任人": cadre.name,
                    },
                )


def joint_reviews(county):
    """Whoever has to explain something waits for the conclusion."""
    for cadre in county.cadres:
        said = dict.fromkeys(DEPARTMENTS, "同意")
        if cadre.review == "暂缓":
            said[county.random.choice(DEPARTMENTS)] = "需说明"
        facts = {"姓名": cadre.name, "拟任/现任职务": cadre.post, **said}
        yield Line(cadre.village, facts | {"联审结论": cadre.review, "日期": cadre.reviewed_on})


REGISTERS = (
    Register(
        "adjustments",
        "17干部调整台账",
        "村干部调整台账",
        adjustments,
        "序号 乡(镇) 村 姓名=name 原职务 调整类型 调整原因类别 文号 日期=day 接任人=name 备注",
    ),
    Register(
        "joint_reviews",
        "30县级联审表",
        "县级联审表",
        joint_reviews,
        f"序号 乡(镇) 村 姓名=name 拟任/现任职务 {' '.join(DEPARTMENTS)} 联审结论 日期=day 备注",
    ),
)
