// Names of places: what remains when the kind of place and the peoples it is named after are off.

const kPeoples = ('蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|' +
  '柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|' +
  '赫哲|门巴|珞巴|基诺|各').split('|');
const kShort = '维吾尔|哈萨克|蒙古|柯尔克孜|达斡尔|裕固|东乡|保安|撒拉|塔吉克|锡伯|壮|回';
const kPeople = new RegExp(`(?:(?:${kPeoples.join('|')})族|${kShort})+$`);
const kKinds = [
  [1, /(特别行政区|自治区|省|市)$/],
  [2, /(自治州|地区|盟|市|行政区)$/],
  [3, /(自治县|自治旗|林区|特区|新区|矿区|工农区|市|区|县|旗)$/],
  [4, /(街道办事处|街道|地区办事处|民族乡|民族苏木|苏木|镇|乡|办事处)$/],
];
const kAutonomous = /^(自治区|自治州|自治县|自治旗|民族乡|民族苏木|乡)$/;

// The name without its kind; the whole name where fewer than two characters would remain.
export function stem(name, level) {
  const kind = name.match(kKinds[level - 1][1]);
  if (!kind) return name;
  let rest = name.slice(0, name.length - kind[0].length);
  if (kAutonomous.test(kind[0])) {
    const plain = rest.replace(kPeople, '');
    if (plain.length >= 2) rest = plain;
  }
  return rest.length >= 2 ? rest : name;
}

export const is_district = (name) => /区$/.test(name) && !/(林区|特区)$/.test(name);
export const is_city = (name) => /市$/.test(name);
// Districts named so everywhere: only the prefix says where they were.
export const is_generic = (name) =>
  /^(郊区|市郊区|城区|城关区|矿区|市中区|市区|新区|新市区|东区|西区|南区|北区|城东区|城西区|城南区|城北区|中区|工矿区)$/.test(name);

// Rows that stand for the counties below them, never for an agency.
const kAggregates = /^(市辖区|县|市|市辖县|省直辖县级行政区划|自治区直辖县级行政区划)$/;
export const is_aggregate = (name) => kAggregates.test(name);
