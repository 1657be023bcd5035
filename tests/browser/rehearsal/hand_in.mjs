// Files of invented persons, and handing them in through the page.
const bodies = ["61080218080118081", "61080218090119091", "61080218000120001"];

// Valid, of the years 1800 to 1809.
export function withCheckDigit(body) {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((all, weight, at) => all + weight * Number(body[at]), 0);
  return body + "10X98765432"[sum % 11];
}

// `first`: the first number that is used; each person has one.
export const numberOf = (at) => withCheckDigit(bodies[at]);

export const noticesOf = (origin, names, code, first = 0) =>
  "呈报单位,姓名,性别,身份证号,户籍地代码,释放日期,释放类型,危险度,重点帮教,备注\n" +
  names
    .map(
      (name, at) =>
        `${origin},${name},男,${numberOf(first + at)},${code},2027-06-0${at + 1},刑满释放,低,否,`,
    )
    .join("\n") +
  "\n";

// `beside`: files that go with the notices.
export async function handIn(who, kind, name, text, beside = []) {
  const { page } = who;
  await who.go(`/desk/hand-in?kind=${kind}`);
  await page.setInputFiles("input[type=file] >> nth=0", {
    name: `${name}.csv`,
    mimeType: "text/csv",
    buffer: Buffer.from(text),
  });
  if (beside.length) await page.setInputFiles("input[type=file] >> nth=1", beside);
  await page.fill("form .field:last-of-type input[maxlength='128']", name);
  await page.click("form button[type=submit] >> nth=0");
  await page.waitForSelector("main .figures");
  if (beside.length) await page.waitForSelector("main .note.good");
}
