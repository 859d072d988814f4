"""培训: a class against who was in it, and trainees against the posts they are trained for."""

from django.db.models import F, Q
from django.db.models.lookups import Exact

from povertyparty.quality import Severity, register
from villages.models import Cadre, Enrolment, Posting
from villages.quality.measuring import many, only, past, there

VILLAGE_POSTS = ["党组织书记", "其他村干部"]
STATIONED = ["第一书记", "驻村队员"]


def enrolled():
    return Enrolment.objects.all()


register(
    code="class_trained_differs",
    label="班次的实训人数与学员表不一致",
    ledger="training_classes",
    severity=Severity.ERROR,
    why="班次登记了学员，学员数却不等于实训人数。",
    remedy="核对签到表，补登学员或改正实训人数。",
    where=lambda on: (
        Q(trained__isnull=False)
        & there(enrolled(), training="pk")
        & ~only(Exact(many(enrolled(), training="pk"), F("trained")))
    ),
)
register(
    code="class_passed_differs",
    label="班次的合格人数与学员表不一致",
    ledger="training_classes",
    severity=Severity.ERROR,
    why="班次登记了学员，其中合格的人数却不等于班次的合格人数。",
    remedy="核对考核结果，改正学员的“是否合格”或班次的合格人数。",
    where=lambda on: (
        Q(passed__isnull=False)
        & there(enrolled(), training="pk")
        & ~only(Exact(many(enrolled().filter(passed=True), training="pk"), F("passed")))
    ),
)
register(
    code="class_ended_unmeasured",
    label="已结束的班次没有学时或考核方式",
    ledger="training_classes",
    severity=Severity.REMINDER,
    why="结束日期已过，天数/学时或考核方式是空的（可量化、能考核）。",
    remedy="补填天数/学时和考核方式。",
    where=lambda on: past("ends_on", on) & (Q(length="") | Q(exam="")),
)
register(
    code="trainee_no_cadre",
    label="村干部班次的学员不在村干部花名册",
    ledger="enrolments",
    severity=Severity.DOUBT,
    why="班次的对象类别是党组织书记或其他村干部，本村的村干部花名册中没有这个姓名。",
    remedy="核对姓名和村；花名册漏登的，补登。",
    where=lambda on: (
        Q(training__audience__in=VILLAGE_POSTS) & ~there(Cadre.objects.all(), place="place", name="name")
    ),
)
register(
    code="trainee_not_posted",
    label="驻村干部班次的学员不在驻村花名册",
    ledger="enrolments",
    severity=Severity.DOUBT,
    why="班次的对象类别是第一书记或驻村队员，本村的驻村花名册中没有这个姓名。",
    remedy="核对姓名和村；花名册漏登的，补登。",
    where=lambda on: (
        Q(training__audience__in=STATIONED) & ~there(Posting.objects.all(), place="place", name="name")
    ),
)
register(
    code="trainee_id_differs",
    label="学员的身份证号码与村干部花名册不一致",
    ledger="enrolments",
    severity=Severity.ERROR,
    why="同村同名的村干部登记了身份证号码，与学员表的身份证号码不同。",
    remedy="核对证件原件，改正抄错的一处；确为两人的，不用改。",
    where=lambda on: (
        Q(training__audience__in=VILLAGE_POSTS, id_number__isnull=False)
        & there(Cadre.objects.exclude(id_number=None), place="place", name="name")
        & ~there(Cadre.objects.all(), place="place", name="name", id_number="id_number")
    ),
)
