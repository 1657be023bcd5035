#!/usr/bin/env python3
"""Makes notices.csv, the sample month of the default nation: made-up persons only.

Every way of resolving a registration stands in it, and every way a row can be refused, each made by
one function of CASES below. The same seed makes the same bytes. ID numbers are of birth years 1800
to 1809, 15-digit ones of 1 January 1900: none can belong to a living person.
"""
import argparse
import csv
import datetime
import io
import random
import sys

HEADER = ["呈报单位", "姓名", "性别", "身份证号", "户籍地代码", "户籍地址", "释放日期", "释放类型",
          "危险度", "重点帮教", "身份存疑", "备注"]
ORIGINS = ["prison:610000-03"] * 10 + ["prison:430000-01"] * 7 + ["detention-house:610802"] * 3
SURNAMES = list("甄贾虞闻迟皮尚佘鄢麦蔺宓郜逄桓眭厍") + ["司空", "端木", "澹台", "公冶"]
GIVEN = list("样拟设例虚构试演假暂代拓衡朴序循恒砚舟岚禾穗汀澄")
RELEASES = ["刑满释放", "刑满释放", "刑满释放", "假释", "社区矫正衔接"]
RISKS = ["低", "低", "一般", "一般", "高", ""]

# Townships that have an office, then townships that have none: their county's desk decides.
TOWNSHIPS = ["610802001", "610802100", "610802106", "430408001", "430408100", "330106109",
             "330110012", "110101001", "110101011", "429004001", "441900003", "441900110"]
DESK_TOWNSHIPS = ["610822100", "610822103", "430407002", "330110109", "500119001", "429004100",
                  "441900121", "110102001", "610102001", "469001100"]
COUNTIES = ["610802", "610822", "430407", "430408", "330106", "330110", "110101", "110102",
            "500119", "429004", "441900"]
COUNTIES_WITHOUT_OFFICE = ["610803", "610881", "430405", "330102", "110105", "420106", "469001",
                           "411623", "659001"]
RENUMBERED = ["110103", "110104", "110229", "370284", "412723", "512323"]
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")

ADDRESSES = [
    "陕西省榆林市榆阳区鱼河镇示例村3号", "陕西省榆林市榆阳区鼓楼街道虚构巷12号", "陕西榆林榆阳牛家梁",
    "湖南省衡阳市蒸湘区蒸湘街道样例路8号", "湖南衡阳蒸湘呆鹰岭镇拟设组", "浙江省杭州市西湖区三墩镇试演里5幢",
    "浙江杭州余杭仓前街道", "北京市东城区东华门街道虚构胡同2号", "北京东城前门街道", "湖北省仙桃市沙嘴街道假设路1号",
    "湖北仙桃沙嘴", "广东省东莞市常平镇演练大道9号", "广东东莞东城街道", "重庆市南川区东城街道样板街",
    "海南省五指山市通什镇拟定村", "河南省周口市商水县", "陕西省榆林市", "湖南省衡阳市石鼓区", "榆林市榆阳区鱼河镇",
]


def check_digit(body):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, weights)) % 11]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.numbers = set()
        self.names = set()

    def pick(self, values):
        return values[int(self.random.random() * len(values))]

    def number(self, place="", male=True, end=""):
        """18 digits, never twice; `end` asks for that check digit."""
        while True:
            day = datetime.date(1800, 1, 1) + datetime.timedelta(int(self.random.random() * 3652))
            order = 2 * int(self.random.random() * 499) + (1 if male else 2)
            body = f"{place or self.pick(COUNTIES)}{day:%Y%m%d}{order:03d}"
            number = body + check_digit(body)
            if number not in self.numbers and number.endswith(end):
                self.numbers.add(number)
                return number

    def old_number(self, place):
        """15 digits: place, 1 January 1900, order; never twice."""
        while True:
            order = 1 + 2 * int(self.random.random() * 499)
            number = f"{place}000101{order:03d}"
            if number not in self.numbers:
                self.numbers.add(number)
                return number

    def name(self):
        while True:
            name = self.pick(SURNAMES) + self.pick(GIVEN) + self.pick(GIVEN)
            if name not in self.names:
                self.names.add(name)
                return name

    def release(self):
        """A day of January 2027, in one of the accepted forms."""
        day = 1 + int(self.random.random() * 31)
        return self.pick([f"2027-01-{day:02d}", f"2027/1/{day}", f"2027.1.{day}",
                          f"2027年1月{day}日", f"202701{day:02d}"])

    def person(self, **given):
        male = self.random.random() < 0.9
        row = {"呈报单位": self.pick(ORIGINS), "姓名": self.name(), "性别": "男" if male else "女",
               "身份证号": given.pop("身份证号", None) or self.number(given.pop("place", ""), male),
               "户籍地代码": "", "户籍地址": "", "释放日期": self.release(),
               "释放类型": self.pick(RELEASES), "危险度": self.pick(RISKS),
               "重点帮教": "是" if self.random.random() < 0.1 else "否", "身份存疑": "否", "备注": ""}
        row.update(given)
        return row


# Rows that are accepted.
def exact_township(m): return m.person(户籍地代码=m.pick(TOWNSHIPS))
def exact_twelve_digits(m): return m.person(户籍地代码=m.pick(TOWNSHIPS) + "001")
def exact_wide_digits(m): return m.person(户籍地代码=m.pick(TOWNSHIPS).translate(WIDE))
def exact_county(m): return m.person(户籍地代码=m.pick(COUNTIES))
def township_without_office(m): return m.person(户籍地代码=m.pick(DESK_TOWNSHIPS))
def county_without_office(m): return m.person(户籍地代码=m.pick(COUNTIES_WITHOUT_OFFICE))
def successor(m): return m.person(户籍地代码=m.pick(RENUMBERED))
def successor_of_number(m): return m.person(place=m.pick(RENUMBERED))
def divided(m): return m.person(户籍地代码=m.pick(["430404", "330125"]))
def divided_with_address(m):
    return m.person(户籍地代码="430404", 户籍地址="湖南省衡阳市蒸湘区蒸湘街道")
def abolished_without_successor(m):
    return m.person(户籍地代码=m.pick(["612721", "432421", "430402", "330107"]))
def abolished_beside_other_province(m):
    return m.person(户籍地代码="430404", 户籍地址="陕西省榆林市榆阳区鱼河镇")
def code_against_address(m): return m.person(户籍地代码="610802100", 户籍地址="浙江省杭州市西湖区三墩镇")
def address(m): return m.person(户籍地址=m.pick(ADDRESSES))
def township_name_alone(m): return m.person(户籍地址=m.pick(["城关镇", "三墩镇", "前门街道"]))
def number_only(m): return m.person(place=m.pick(COUNTIES + COUNTIES_WITHOUT_OFFICE))
def unknown_township(m): return m.person(户籍地代码=m.pick(["610802", "430408", "110101"]) + "999")
def higher_code(m): return m.person(户籍地代码=m.pick(["610000", "430400", "610800", "110000", "330100"]))
def statistical_code(m): return m.person(户籍地代码=m.pick(["110100", "429000", "500200", "469000"]))
def development_zone(m): return m.person(户籍地代码=m.pick(["430473", "430476", "130171"]))
def doubtful_by_code(m):
    return m.person(身份证号=" ", 户籍地代码=m.pick(TOWNSHIPS), 身份存疑="是", 备注="自报身份")
def doubtful_by_address(m):
    return m.person(身份证号=m.pick([" ", "不详"]), 户籍地址=m.pick(ADDRESSES[:14]), 身份存疑="是")
def fifteen_digits(m):
    return m.person(身份证号=m.old_number(m.pick(COUNTIES)), 性别="男", 户籍地代码=m.pick(["", m.pick(TOWNSHIPS)]))
def lower_case_x(m):
    return m.person(身份证号=m.number(end="X").lower(), 性别="男", 户籍地代码=m.pick(TOWNSHIPS))
def wide_number(m):
    return m.person(身份证号=m.number().translate(WIDE), 性别="男", 户籍地代码=m.pick(TOWNSHIPS))
def origin_by_name(m): return m.person(呈报单位="陕西省第三监狱", 户籍地代码=m.pick(TOWNSHIPS))
def quoted_text(m):
    return m.person(户籍地代码=m.pick(TOWNSHIPS), 备注=m.pick(
        ["家属来接,已电话确认", "称\"无家可归\"", "第一行\n第二行", "需换乘\r\n请提前联系,再确认"]))
def wrong_sex_digit(m): return m.person(身份证号=m.number(male=False), 性别="男", 户籍地代码=m.pick(TOWNSHIPS))
def unknown_number_place(m): return m.person(身份证号=m.number("999999"), 性别="男", 户籍地代码=m.pick(TOWNSHIPS))
def other_month(m):
    return m.person(户籍地代码=m.pick(TOWNSHIPS), 释放日期=m.pick(["2027-02-03", "2026-12-20", ""]))
def bare(m):
    return m.person(户籍地代码=m.pick(TOWNSHIPS), 性别="", 释放日期="", 释放类型="", 危险度="", 重点帮教="", 身份存疑="")


# Rows that are refused.
def bad_check_digit(m):
    number = m.number()
    return m.person(身份证号=number[:-1] + ("1" if number[-1] != "1" else "2"), 户籍地代码="610802001")
def no_such_birth_date(m):
    body = m.pick(COUNTIES) + m.pick(["18000230", "18011301", "18020431"]) + "001"
    return m.person(身份证号=body + check_digit(body), 户籍地代码="610802001")
def short_number(m): return m.person(身份证号=m.number()[:14], 户籍地代码="610802001")
def excel_number(m): return m.person(身份证号=m.pick(["6.10802E+17", "4.3E+17"]), 户籍地代码="610802001")
def no_name(m): return m.person(姓名="", 户籍地代码="430408001")
def no_number(m): return m.person(身份证号=" ", 户籍地代码="430408001")
def no_origin(m): return m.person(呈报单位="", 户籍地代码="430408001")
def unknown_origin(m):
    return m.person(呈报单位=m.pick(["prison:210000-09", "某某监狱", "county:610802"]), 户籍地代码="430408001")
def unknown_code(m): return m.person(户籍地代码=m.pick(["999999", "619902", "000001", "999999001"]))
def malformed_code(m): return m.person(户籍地代码=m.pick(["6108", "61080200", "六一〇八〇二", "610802-001"]))
def several_provinces(m): return m.person(户籍地址=m.pick(["朝阳区", "鼓楼区中山路1号", "西湖区"]))
def nowhere(m): return m.person(身份证号=" ", 身份存疑="是")
def no_such_day(m): return m.person(户籍地代码="330106109", 释放日期=m.pick(["2027-02-30", "下月初", "2027-1"]))
def too_long(m): return m.person(户籍地代码="330106109", 释放类型="长" * 65)
def no_yes_or_no(m): return m.person(户籍地代码="330106109", 重点帮教="也许")


CASES = [
    (130, exact_township), (36, exact_twelve_digits), (16, exact_wide_digits), (44, exact_county),
    (40, township_without_office), (22, county_without_office), (30, successor),
    (10, successor_of_number), (12, divided), (4, divided_with_address),
    (8, abolished_without_successor), (2, abolished_beside_other_province),
    (4, code_against_address), (90, address), (6, township_name_alone), (44, number_only),
    (10, unknown_township), (14, higher_code), (8, statistical_code), (5, development_zone),
    (8, doubtful_by_code), (8, doubtful_by_address), (26, fifteen_digits), (16, lower_case_x),
    (16, wide_number), (8, origin_by_name), (12, quoted_text), (4, wrong_sex_digit),
    (4, unknown_number_place), (6, other_month), (5, bare),
    (5, bad_check_digit), (4, no_such_birth_date), (2, short_number), (3, excel_number),
    (3, no_name), (2, no_number), (1, no_origin), (4, unknown_origin), (4, unknown_code),
    (4, malformed_code), (3, several_provinces), (2, nowhere), (3, no_such_day), (1, too_long),
    (1, no_yes_or_no),
]


def repeats(m, rows):
    """The same person again from the same office: as it stood, and once as its 15-digit form."""
    again = []
    for row in rows[5:45:10]:
        again.append(dict(row, 备注="再次呈报"))
    old = next(row for row in rows if len(row["身份证号"]) == 15)
    body = old["身份证号"][:6] + "19" + old["身份证号"][6:]
    again.append(dict(old, 身份证号=body + check_digit(body), 户籍地代码="610802001"))
    return again


def line_of(values):
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(values)
    return out.getvalue()


def make(seed):
    m = Maker(seed)
    rows = [case(m) for count, case in CASES for _ in range(count)]
    m.random.shuffle(rows)
    rows += repeats(m, [row for row in rows if row["户籍地代码"] in TOWNSHIPS
                        and row["身份证号"].isascii() and len(row["姓名"]) >= 3
                        and len(row["身份证号"]) in (15, 18)])
    lines = [line_of([row[column] for column in HEADER]) for row in rows]
    lines.insert(100, "prison:610000-03,断行之一,男\r\n")
    lines.insert(300, line_of(["prison:430000-01"] + ["多余"] * (len(HEADER) + 2)))
    return line_of(HEADER) + "".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--encoding", default="utf-8", choices=["utf-8", "utf-8-sig", "gb18030"])
    parser.add_argument("--output", help="default: standard output")
    options = parser.parse_args()
    data = make(options.seed).encode(options.encoding)
    if options.output:
        with open(options.output, "wb") as file:
            file.write(data)
    else:
        sys.stdout.buffer.write(data)


if __name__ == "__main__":
    main()
