"""Finding: by part of a name, its pinyin and initials, a code, the last digits of an identity number; in scope only."""

import pytest
from django.db import DatabaseError, connection, transaction

from povertyparty import sealed, search, spelling
from povertyparty.ledger import REGISTRY
from povertyparty.scope import everywhere
from tests.conftest import COUNTY, FAR_VILLAGE, NEIGHBOUR, VILLAGE
from villages.models import Cadre, Household, Person, Role

pytestmark = pytest.mark.django_db

IDNO = "659001199003071233"


def spelled(*names):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(spelled(%s::text[], '{}', '{}'))", [[*names]])
        return set(cursor.fetchone()[0])


def found(text, user=None, **how):
    keys = search.found(text, [*REGISTRY.values()], 50, **how)
    return {code: len(pks) for code, pks in keys.items()}


@pytest.fixture
def named(places):
    """named(王小明): a household of this head in 前湾村."""

    def make(head, number="H1", place=VILLAGE, **more):
        return Household.objects.create(place_id=place, number=number, head=head, **more)

    return make


def test_a_name_is_spelled_from_each_of_its_characters_on():
    assert spelled("王建国") == {"王建国", "建国", "国", "wangjianguo", "jianguo", "guo", "wjg", "jg"}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("单小平", "shanxp"[:4]),
        ("解海龙", "xiehailong"),
        ("仇英", "qiuying"),
        ("曾国平", "zengguoping"),
        ("查良", "zhaliang"),
        ("区志强", "ouzhiqiang"),
        ("覃美玲", "qinmeiling"),
        ("覃美玲", "tanmeiling"),
        ("朴正", "piaozheng"),
        ("吕梁", "lvliang"),
        ("乐长水", "yue"),
        ("买买提·吐尔逊", "maimaitituerxun"),
        ("买买提·吐尔逊", "mmttex"),
    ],
)
def test_surnames_and_names_with_points_are_read_as_people_read_them(name, typed):
    assert any(word.startswith(typed) for word in spelled(name))


@pytest.mark.parametrize("name", ["王建国", "单长乐", "买买提·吐尔逊", "第3村", "A座"])
def test_the_page_spells_a_whole_name_as_the_database_does(name):
    assert spelling.whole(name) <= spelled(name)


@pytest.mark.parametrize(
    "text", ["王建国", "建国", "王", "wjg", "wangjianguo", "WangJian", "jianguo", "王　建国", "jg wj"]
)
def test_a_record_is_found_by_any_part_of_a_name(text, named, officer, in_scope):
    with in_scope(officer):
        named("王建国")
        assert found(text) == {"households": 1}


@pytest.mark.parametrize("text", ["张", "wjh", "w", "'", "\\", "&|!", "wangguo", ""])
def test_what_is_not_there_is_not_found_and_nothing_breaks_the_question(text, named, officer, in_scope):
    with in_scope(officer):
        named("王建国")
        assert found(text) == {}


@pytest.mark.parametrize("text", ["6599061002000001", "659906100200", "0001", "wt-2020", "WT-2020-7"])
def test_a_code_is_found_whole_by_its_beginning_and_by_its_end(text, named, officer, in_scope):
    with in_scope(officer):
        named("王建国", "6599061002000001")
        named("李四", "WT-2020-7")
        assert found(text)["households"] == 1


def test_a_place_is_found_by_name_initials_and_code(officer, in_scope):
    with in_scope(officer):
        assert found("前湾") == found("qwc") == found(VILLAGE) == {"places": 1}


def test_the_index_follows_whatever_way_a_row_is_written(named, officer, in_scope):
    with in_scope(officer):
        household = named("王建国")
        Household.objects.filter(pk=household.pk).update(head="李红梅")
        assert (found("wjg"), found("lhm")) == ({}, {"households": 1})
        Household.objects.bulk_create([Household(place_id=VILLAGE, number="H2", head="赵铁柱")])
        assert found("ztz") == {"households": 1}
        household.delete()
        assert found("lhm") == {}


def test_nothing_beyond_the_scope_is_found_even_by_raw_sql(named, clerk, filer, in_scope):
    with everywhere("test data"):
        named("王建国", "H1", VILLAGE)
        named("王建国", "H2", NEIGHBOUR)
        named("王建国", "H3", FAR_VILLAGE)
    with in_scope(clerk):
        assert found("wjg") == {"households": 2}
    with in_scope(filer):
        assert found("wjg") == {"households": 1}
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM sought('''wjg'':*', ARRAY['households'], 10)")


def test_the_last_digits_of_an_identity_number_find_it_for_who_may_see_it(named, officer, in_scope):
    with in_scope(officer):
        household = named("王建国", head_id=IDNO)
        Person.objects.create(
            place_id=VILLAGE, household=household, number="01", name="王建国", id_number=IDNO
        )
        for digits in ("1233", "71233", "071233"):
            assert found(digits, sensitive=True) == {"households": 1, "people": 1}
            assert found(digits) == {}
        assert (
            found("1234", sensitive=True)
            == found("61233", sensitive=True)
            == found("233", sensitive=True)
            == {}
        )


def test_the_ends_of_a_number_are_hashed_with_the_key():
    text = sealed.seal_text(IDNO)
    assert "1233" not in text and sealed.unseal_text(text) == IDNO
    assert text.endswith(f".{sealed.ends('071233')[0]}")
    assert sealed.ends("071233")[0].startswith(sealed.ends("1233")[0])
    assert sealed.ends("071234") != sealed.ends("071233")
    assert sealed.ends("123") == sealed.ends("0071233") == sealed.ends("abcd") == []
    assert "." not in sealed.seal_text("13812345678")


def test_ends_hashed_under_the_old_key_are_found_while_keys_are_rotated(settings, tmp_path):
    one, two = "1:" + "A" * 43 + "=", "2:" + "B" * 43 + "="
    settings.SECRET_FILE = key_file(tmp_path / "one.env", SEAL_KEY=one)
    (before,) = sealed.ends("1233")
    settings.SECRET_FILE = key_file(tmp_path / "two.env", SEAL_KEY=two, SEAL_KEY_OLD=one)
    assert before in sealed.ends("1233") and len(sealed.ends("1233")) == 2


def key_file(path, **said):
    path.write_text("\n".join(f"{name}={value}" for name, value in {"SECRET_KEY": "s" * 60, **said}.items()))
    path.chmod(0o600)
    return path


# The pages


def test_the_page_groups_by_ledger_and_shows_the_nearest_first(named, officer, client_of):
    with everywhere("test data"):
        named("王建国强", "H1")
        named("王建国", "H2")
        Cadre.objects.create(place_id=VILLAGE, name="汪建国", post=Cadre.Post.CLERK)
    page = client_of(officer).get("/search/?q=wjg").content.decode()
    assert page.index("王建国</a>") < page.index("王建国强</a>") and "汪建国" in page
    assert "建档立卡贫困户花名册" in page and "村“两委”干部花名册" in page


def test_while_one_types_the_nearest_are_offered(named, officer, client_of):
    with everywhere("test data"):
        household = named("王建国")
    part = client_of(officer).get("/search/suggest/?q=wjg").content.decode()
    assert f'href="/ledgers/households/{household.pk}/"' in part and "<html" not in part and "前湾村" in part


def test_a_list_is_searched_in_the_same_way(named, officer, client_of):
    with everywhere("test data"):
        named("王建国", "H1")
        named("李红梅", "H2")
    page = client_of(officer).get("/ledgers/households/?q=wjg").content.decode()
    assert "王建国" in page and "李红梅" not in page


def test_ledgers_one_may_not_see_and_digits_one_may_not_see_find_nothing(named, somebody, client_of):
    with everywhere("test data"):
        named("王建国", head_id=IDNO)
    leader = client_of(somebody(Role.COUNTY_LEADER))
    assert "没有找到" in leader.get("/search/?q=1233").content.decode()
    assert client_of(somebody(Role.AUDITOR)).get("/search/?q=wjg").status_code == 403


def test_a_whole_identity_number_is_not_looked_for_by_an_address(named, officer, client_of):
    page = client_of(officer).get(f"/search/?q={IDNO}").content.decode()
    assert "请只输末4至6位" in page


def test_every_ledger_says_by_its_kinds_what_is_searched():
    what = search.searched(REGISTRY["households"])
    assert [c.name for c in (*what.names, *what.codes, *what.seals)] == [
        "head",
        "helper",
        "number",
        "head_id",
    ]
    assert not search.searched(REGISTRY["venues"])


def test_bringing_the_indexes_up_to_date_again_changes_nothing(places):
    with connection.cursor() as cursor:
        standing = search.standing(cursor)
        assert {name: expression for name, (_, expression) in search.declared().items()} == standing
    assert COUNTY
