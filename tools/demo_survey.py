#!/usr/bin/env python3
"""Writes the imaginary answers and cases of the demo: demo_survey.py method/demo/answers.csv method/demo/field.csv

Seeded: the same bytes each time. What it makes is marked as illustrative wherever it is shown. The one-stop survey holds the case of the
guide: 56 people whose dossier was late, 19 of them told beforehand, 11 with a letter of apology (33,93 % and 19,64 %). Some of its answers
came too fast. The telephone survey has cases that ended in every way, and answers that deserve a second look. The household survey has one of
the year before in the same districts, five of six communes in both; the survey of communes has villages enough to rank most of them.
"""
import csv
import datetime
import random
import sys

SEED = 20261126
LATE, TOLD, APOLOGISED, ONE_STOP = 56, 19, 11, 412
DISTRICTS, COMMUNES, VILLAGES, PERSONS = 3, 2, 3, 31  # the household sample: 558 people
LEADERS = 120
WISHES = ["giay", "cho", "mang", "gon"]
# What some wrote at the end of the one-stop form; the telephone number shows how persons are masked.
WORDS = [
    "Nên gộp hai lần nộp bản sao làm một", "Chờ lâu vào sáng thứ hai", "Hướng dẫn rõ ràng%2C dễ làm theo", "Màn hình lấy số hay bị treo",
    "Hồ sơ chậm mà không ai báo trước", "Cán bộ giải thích tận nơi%2C xin cảm ơn", "Mong có chỗ gửi xe", "Nộp trên mạng nhưng vẫn phải mang bản giấy",
    "Kết quả trả sớm hơn hẹn hai ngày", "Xin gọi lại cho tôi theo số 0900 000 123", "Mẫu tờ khai khó hiểu với người lớn tuổi", "Thư xin lỗi gửi sau khi đã trả kết quả",
]
COMMUNES_RANKED = ["TM-XA-01", "TM-XA-02", "TM-XA-05", "TM-XA-07", "TM-XA-09", "TM-XA-11", "TM-XA-13", "TM-XA-17"]
SATISFACTION = [f"C9.{i}" for i in range(1, 34)]


def day(random_, first, days):
    return (first + datetime.timedelta(days=random_.randrange(days))).isoformat()


def five(random_, good):
    """A step of five; good: the chance of the upper two."""
    if random_.random() < good:
        return 5 if random_.random() < 0.4 else 4
    return random_.choices([3, 2, 1], [6, 3, 1])[0]


def line(pairs):
    return "&".join(f"{k}={v}" for k, v in pairs)


def one_stop(r):
    kinds = [3] * LATE + [1] * 90 + [4] * 40
    kinds += [2] * (ONE_STOP - len(kinds))
    late = 0
    for i, kind in enumerate(kinds):
        good = 0.42 if kind == 3 else 0.84
        pairs = [("A1", r.choices([1, 2, 3], [70, 22, 8])[0]), ("A2", kind)]
        if kind == 3:
            pairs += [("A3", 1 if late < TOLD else 2), ("A4", 1 if late % 5 == 0 and late // 5 < APOLOGISED else 2)]
            late += 1
        for item in ("B1", "B2", "B3", "B4", "B5"):
            pairs.append((item, 9 if r.random() < 0.03 else five(r, good)))
        if kind != 4:
            pairs.append(("B6", five(r, good)))
        wishes = sorted(r.sample(WISHES, r.randrange(1, 3)), key=WISHES.index) if r.random() < 0.5 or kind == 3 else ["khong"]
        if r.random() < 0.5 and wishes != ["khong"] and "gon" not in wishes and len(wishes) < 3:
            wishes.append("gon")
        pairs.append(("C1", "+".join(wishes)))
        if i % 11 == 3:
            pairs.append(("C2", WORDS[i // 11 % len(WORDS)]))
        yield ["mot-cua-2026", f"mc{i}", day(r, datetime.date(2026, 1, 5), 300), r.choices(["web", "kiosk"], [3, 2])[0], "vi",
               f"quay-{r.randrange(1, 5)}", "", "", "", line(pairs)]


def household(r):
    for d in range(DISTRICTS):
        for c in range(COMMUNES):
            mood = 0.82 + 0.05 * (d - 1) + r.uniform(-0.05, 0.05)
            for v in range(VILLAGES):
                village = mood + r.uniform(-0.06, 0.06)
                for p in range(PERSONS):
                    yield person(r, d, c, v, p, village)


def earlier(r):
    """A year before: the same districts, somewhat less satisfied; in the third district one commune is another."""
    for d in range(DISTRICTS):
        for c in range(COMMUNES):
            mood = 0.765 + 0.05 * (d - 1) + r.uniform(-0.05, 0.05)
            for v in range(VILLAGES):
                village = mood + r.uniform(-0.06, 0.06)
                for p in range(PERSONS):
                    row = person(r, d, c, v, p, village)
                    row[0], row[1], row[2] = "sipas-ho-2024", "t" + row[1], day(r, datetime.date(2024, 10, 7), 40)
                    if row[7] == "xa-32":
                        row[7] = "xa-33"
                    yield row


def communes(r):
    """One-stop desks of communes: five villages each, twelve people a village; of the last commune two villages only."""
    for i, code in enumerate(COMMUNES_RANKED):
        mood = 0.66 + 0.035 * i
        for v in range(5 if i + 1 < len(COMMUNES_RANKED) else 2):
            good = mood + r.uniform(-0.07, 0.07)
            for p in range(12):
                kind = r.choices([1, 2, 3], [2, 5, 2])[0]
                pairs = [("A1", r.choices([1, 2, 3], [6, 3, 1])[0]), ("A2", kind)] + ([("A3", r.randrange(1, 3)), ("A4", 2)] if kind == 3 else [])
                pairs += [(f"B{k}", five(r, good)) for k in range(1, 7)] + [("C1", "khong")]
                place = code.lower()
                yield ["mot-cua-xa-2025", f"x{i}{v}-{p}", day(r, datetime.date(2025, 9, 1), 60), "paper", "vi", place, place, f"{place}-{v + 1}",
                       str(20 + 3 * i), line(pairs)]


def person(r, d, c, v, p, good):
    pairs = [("A1", r.randrange(1, 3)), ("A2", r.choices([1, 2, 3, 4, 5], [8, 20, 34, 22, 16])[0]), ("A3", r.choices([1, 2], [9, 1])[0]),
             ("A4", r.choices([1, 2, 3, 4, 5], [12, 30, 28, 18, 12])[0]), ("A5", r.choices([1, 2, 3, 5, 6], [14, 20, 40, 14, 12])[0]),
             ("A6", 1 if d == 0 else 2), ("A7", d % 2 + 1)]
    pairs += [(f"C1.{i}", r.choices([1, 2, 3], [1, 4, 5])[0]) for i in range(1, 9)]
    pairs += [("C2", r.choice(["1", "5+6", "6", "2+6"])), ("C3", r.randrange(1, 6)), ("C4", r.choices([1, 2, 3], [90, 8, 2])[0]),
              ("C5", r.choices([1, 2, 3], [91, 7, 2])[0]), ("C6", r.randrange(1, 4)), ("C7", r.randrange(1, 4))]
    pairs += [(f"C8.{i}", r.choices([1, 2], [4, 6])[0]) for i in range(1, 8)]
    pairs += [(item, five(r, good)) for item in SATISFACTION]
    pairs += [(f"C10.{i}", r.randrange(1, 4)) for i in (1, 2, 3, 4, 5, 6, 7, 9, 10)]
    return ["sipas-ho-2025", f"h{d}{c}{v}-{p}", day(r, datetime.date(2025, 10, 6), 40), "paper", "vi", "", f"huyen-{d + 1}",
            f"xa-{d + 1}{c + 1}", str(400 + 60 * d), line(pairs)]


def leaders(r):
    for i in range(LEADERS):
        group = 1 if i < 50 else 2 if i < 80 else 3
        pairs = [("N", group)] + [(f"Q{k}", r.choices("ABCDX", [46, 34, 12, 4, 4])[0]) for k in range(1, 7)]
        yield ["lanh-dao-2025", f"ld{i}", day(r, datetime.date(2025, 11, 3), 20), "web", "vi", "", "", "", "", line(pairs)]


def seconds(q, least=75):
    """Somewhat over two minutes, a few much longer."""
    return max(least, round(q.lognormvariate(5.0, 0.45)))


def second_look(rows, q):
    """Some of the one-stop survey were too fast; what was answered stays as it was."""
    for row in rows:
        row.append(seconds(q))
    for row in q.sample(rows, 13):
        row[10] = q.randrange(14, 40)
    return rows


# How the cases of the telephone survey ended (app/survey_case.h).
OUTCOMES = ["completed"] * 26 + ["refused"] * 4 + ["no_answer"] * 3 + ["no_contact"] * 2 + ["busy"] + ["unreachable"] * 2 + ["ineligible"] * 2
AREAS = [("an-binh", "12.5"), ("tan-lap", "20"), ("phu-son", "8")]


def telephone(q):
    """Cases, and the answers of those who were reached: one interviewer hears better things than the other."""
    cases, answers = [], []
    for i, outcome in enumerate(q.sample(OUTCOMES, len(OUTCOMES))):
        area, weight = AREAS[i % 3]
        who = "dieutravien" if i % 2 else "nhaplieu"
        code, at = f"HS-{101 + i}", [area, area, f"{area}-{1 + i // 3 % 2}", weight]
        cases.append(["dien-thoai-2026", code, *at, who, outcome])
        if outcome != "completed":
            continue
        good = 0.9 if who == "dieutravien" else 0.62
        pairs = [("A1", q.randrange(1, 4)), ("A2", q.choices([1, 2], [1, 3])[0])] + [(f"B{k}", five(q, good)) for k in range(1, 7)] + [("C1", "khong")]
        took = q.randrange(20, 30) if len(answers) in (4, 11) else seconds(q, 150)
        if len(answers) in (7, 16):
            pairs = [(k, 4 if k[0] == "B" else v) for k, v in pairs]
        answers.append(["dien-thoai-2026", code, day(q, datetime.date(2026, 10, 5), 40), "phone", "vi", *at, line(pairs), took])
    again = next(x for x in answers[3:] if x[5] == answers[2][5])
    again[2], again[9] = answers[2][2], answers[2][9]
    return cases, answers


def main():
    r, q, s = random.Random(SEED), random.Random(SEED + 1), random.Random(SEED + 2)
    cases, answers = telephone(q)
    with open(sys.argv[1], "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow("survey key day mode lang place stratum psu weight answers seconds".split())
        w.writerows(second_look(list(one_stop(r)), q))
        for make in (household, leaders):
            w.writerows(row + [""] for row in make(r))
        w.writerows(answers)
        for make in (earlier, communes):
            w.writerows(row + [""] for row in make(s))
    with open(sys.argv[2], "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow("survey code place stratum psu weight interviewer outcome".split())
        w.writerows(cases)


main()
