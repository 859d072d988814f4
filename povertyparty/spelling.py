"""How a name is spelled: a function in the database, so that whatever is written, by whatever way, is found by its pinyin.

`spelled(names, codes, seals)` gives the words by which a row is found. A name of three characters has eight: from each
character on as it is written, in pinyin and in initials (王建国 建国 国 wangjianguo jianguo guo wjg jg), so what somebody
types, whole or not, is the beginning of one of them. A code has two: itself, and "~" before it backwards, for its last
digits. A sealed identity number has the hashes of its ends (sealed.py).

The characters stand in the function itself: 3 µs a name, where a look-up in a table took 8, and nothing outside it can
make an index built on it untrue.
"""

import json
import unicodedata
from functools import lru_cache

from pypinyin.pinyin_dict import pinyin_dict


def pairs(text):
    return dict(pair.split(":") for pair in text.split())


# As surnames these are read otherwise than the dictionary's first reading, or in two ways that are both in use.
SURNAMES = pairs(
    "单:shan 解:xie 仇:qiu 曾:zeng 查:zha 区:ou 覃:qin,tan 朴:piao 盖:ge,gai 乐:yue,le 翟:zhai,di 尉:wei,yu 缪:miao,mou 折:she"
    " 员:yun 召:shao 种:chong 洗:xian 黑:he,hei 能:nai 燕:yan 应:ying 过:guo 葛:ge 令:ling 沈:shen 薄:bo 车:che 盛:sheng"
    " 柏:bai,bo 卜:bu 万:wan,mo 秘:bi 繁:po 隗:wei,kui 祭:zhai,ji 郗:xi,chi 宓:mi,fu 粘:nian 便:pian 么:yao 强:qiang 晟:cheng"
    " 藏:zang 都:du 重:chong 牟:mu,mou 佴:nai 谌:chen,shen 阚:kan 訾:zi"
)
# Elsewhere in a name the dictionary's first reading is not the one that people type, or not the only one.
READINGS = pairs(
    "长:chang,zhang 乐:le,yue 重:chong,zhong 行:xing,hang 都:du,dou 朝:chao,zhao 厦:xia,sha 六:liu,lu 莎:sha,suo 蔚:wei,yu"
    " 晟:sheng,cheng 传:chuan,zhuan 藏:zang,cang 盛:sheng,cheng 曾:zeng,ceng 单:dan,shan 解:jie,xie 区:qu,ou 卜:bu,bo 沈:shen"
    " 柏:bai,bo 车:che,ju 番:fan,pan 堡:bao,pu 圩:wei,xu 陂:bei,pi 蚌:bang,beng 调:diao,tiao 会:hui,kuai 降:jiang,xiang"
    " 弹:dan,tan 薄:bo,bao 省:sheng,xing 还:huan,hai 的:de,di 娜:na,nuo 茜:qian,xi 铅:qian,yan 翟:zhai,di"
)
LETTERS = str.maketrans("āáǎàēéěèōóǒòīíǐìūúǔùüǖǘǚǜńňǹḿê", "aaaaeeeeooooiiiiuuuuvvvvvnnnme")
BLANKS = " \t\n\r\u3000"
SEPARATORS = BLANKS + "·•‧・．."
APART = str.maketrans("", "", "·•‧・")  # a point may be part of a code
LONGEST = 12  # characters of a name from each of its characters on
LONGEST_PINYIN = 36


@lru_cache(maxsize=1)
def readings():
    """{character: its reading, or two with a space between}."""
    said = {
        chr(code): text.partition(",")[0].translate(LETTERS)
        for code, text in pinyin_dict.items()
        if 0x3400 <= code < 0xA000 or code == 0x3007
    }
    return said | {one: text.replace(",", " ") for one, text in READINGS.items()}


@lru_cache(maxsize=1)
def surnames():
    """A surname's reading, and beside it the one of the same character elsewhere (单家村 is typed either way)."""
    said = readings()
    found = {}
    for one, text in SURNAMES.items():
        both = dict.fromkeys([*text.split(","), *said[one].split()])
        found[one] = " ".join([*both][:2])
    return found


def function():
    """The statement that makes the function. Without backslashes and quotes in its data it is what it seems."""

    def table(said):
        return "'" + json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "'::jsonb"

    return f"""
CREATE OR REPLACE FUNCTION spelled(names text[], codes text[], seals text[]) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000000 AS $spelled$
DECLARE
  words text := '';
  name text; one text; said text; pinyin text; initials text; most int; has_two boolean;
BEGIN
  FOREACH name IN ARRAY names LOOP
    CONTINUE WHEN name IS NULL;
    name := lower(translate(name, '{SEPARATORS}', '') COLLATE "C");
    most := length(name);
    has_two := false;
    FOR reading IN 1..2 LOOP
      pinyin := ''; initials := '';
      FOR at IN REVERSE most..1 LOOP
        one := substr(name, at, 1);
        said := coalesce(CASE at WHEN 1 THEN {table(surnames())} ->> one END, {table(readings())} ->> one, one);
        IF strpos(said, ' ') > 0 THEN
          has_two := true;
          said := split_part(said, ' ', reading);
        END IF;
        pinyin := said || pinyin;
        initials := left(said, 1) || initials;
        words := words || (substr(name, at, {LONGEST}) || (' ' || left(pinyin, {LONGEST_PINYIN}))
          || CASE WHEN at < most THEN ' ' || left(initials, {LONGEST}) || ' ' ELSE ' ' END);
      END LOOP;
      EXIT WHEN NOT has_two;
    END LOOP;
  END LOOP;
  FOREACH one IN ARRAY codes LOOP
    CONTINUE WHEN one IS NULL OR one = '';
    one := lower(translate(one, '{BLANKS}', '') COLLATE "C");
    words := words || (one || ' ~' || reverse(one) || ' ');
  END LOOP;
  FOREACH one IN ARRAY seals LOOP
    IF strpos(one, '.') > 0 THEN
      words := words || ('=' || substr(one, strpos(one, '.') + 1) || ' ');
    END IF;
  END LOOP;
  RETURN array_to_tsvector(string_to_array(rtrim(words), ' '));
END $spelled$"""


def whole(name):
    """The words of a whole name, as the function spells it: what comes nearest to it is found first."""
    name = "".join(plain(name).split()).translate(APART)
    said = [readings().get(one, one).split() for one in name]
    if name[:1] in surnames():
        said[0] = surnames()[name[0]].split()
    ways = {name}
    for at in (0, -1):
        ways |= {"".join(one[at] for one in said), "".join(one[at][0] for one in said)}
    return ways


def plain(text):
    """What somebody typed, as the function writes names: half width, lower case, lü as lv."""
    return unicodedata.normalize("NFKC", text).lower().translate(LETTERS)


def words(text):
    """The words of a search: each is to be found, in any order. A single letter narrows nothing and is passed over."""
    found = [word.translate(APART) for word in plain(text).split()]
    return [word for word in found if len(word) > 1 or (word and not word.isascii())][:6]


def query(word, ends=()):
    """The tsquery for one word. `ends` are the hashes that an identity number with these last digits would carry."""
    if not word.isascii():
        name = word.replace(".", "")
        pieces = [name[at : at + LONGEST] for at in range(0, len(name), LONGEST)] or [word]
        return " & ".join(f"{quoted(piece)}:*" for piece in pieces)
    ways = [f"{quoted(word)}:*", *(f"{quoted('=' + end)}:*" for end in ends)]
    if "." in word and (name := word.replace(".", "")):
        ways.append(f"{quoted(name)}:*")
    if len(word) > LONGEST_PINYIN:
        ways.append(quoted(word[:LONGEST_PINYIN]))
    if len(word) > 2:
        ways.append(f"{quoted('~' + word[::-1])}:*")
    return f"({' | '.join(ways)})"


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
