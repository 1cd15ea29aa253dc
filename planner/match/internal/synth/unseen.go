package synth

import "math/rand/v2"

// Unseen makes up a move of a shop whose trade the trainer never uses: what is measured
// on it says how the matcher fares in fields that it has not learnt from. field counts
// from 0 to Fields-1.
func Unseen(field int, seed uint64, n int) *Move {
	r := rand.New(rand.NewPCG(seed, uint64(field)+0x756e7365656e))
	g := &generator{r: r, s: newStyle(r, unseen[field].domain), m: &Move{}, names: make(map[string]bool), handles: make(map[string]int), oldBase: oldBase, newBase: newBase}
	g.lines = coined(r, g.s.d.ja, max(8, n/40))
	g.make(n)
	return g.m
}

// FieldName names a field of Unseen.
func FieldName(field int) string { return unseen[field].name }

// Fields is how many fields Unseen knows.
const Fields = 7

type field struct {
	name string
	domain
}

// unseen are trades with traps of their own: volumes of one series, shades known by
// number, threads and lengths, vintages, years of cars, goods by the metre. All names
// are made up.
var unseen = [Fields]field{
	{"manga-ja", domain{ja: true, prices: [2]float64{500, 3000}, codes: "0000000000", phrases: jaPhrases,
		brands: words("星空書房 みずうみ出版 NOVELA 青葉社 風待ち文庫 こもれび館"),
		kinds:  words("物語 冒険記 探偵帖 日記 図鑑 入門 大全 画集 絵本 詩集 旅行記"),
		traits: words("月夜の 魔法使いの 小さな 最後の 眠れる 銀河 雨あがりの 図書館の 海辺の 猫と 竜と 不思議な 続 新装 真夜中の"),
		extras: words("初回限定版 特装版 文庫版 新版 完全版 ドラマCD付 愛蔵版"),
		axes:   words("number number number none none")}},
	{"shades-ja", domain{ja: true, prices: [2]float64{900, 7000}, codes: "AAA-000", phrases: jaPhrases,
		brands: words("彩雲 KOHAKU-MAKE 花霞 ルミナ工房 SAYAKA つやめき堂"),
		kinds:  words("口紅 リップティント アイシャドウ チーク ファンデーション マニキュア アイライナー マスカラ 眉ペンシル"),
		traits: words("マット シアー 落ちにくい 高発色 うるおい 艶 ミニ ロングラスティング ウォータープルーフ パール"),
		extras: words("ケース別売 レフィル 限定色 テスター ブラシ付"),
		axes:   words("shade shade shade none")}},
	{"sake-ja", domain{ja: true, prices: [2]float64{900, 30000}, codes: "A-0000", phrases: jaPhrases,
		brands: words("霧ヶ谷酒造 鶴見坂 白嶺酒造 三日月醸造 浪の音屋 里山ワイナリー"),
		kinds:  words("純米吟醸 純米大吟醸 本醸造 特別純米 梅酒 芋焼酎 麦焼酎 赤ワイン 白ワイン 甘酒 にごり酒"),
		traits: words("無濾過 生原酒 山廃 生酛 ひやおろし 新酒 辛口 超辛口 低温熟成 樽熟成 雄町 山田錦 古酒"),
		extras: words("箱入り 化粧箱なし 父の日 飲み比べ クール便"),
		axes:   words("bottle bottle vintage none")}},
	{"fasteners-en", domain{prices: [2]float64{2, 80}, codes: "000-00-000", phrases: enPhrases, models: false, specs: false,
		brands: words("Boltwright Keyseat Halden-Fix Ferrant Threadline Axiom-Supply"),
		kinds:  lines("hex bolt\nmachine screw\nset screw\nlock nut\nflat washer\nthreaded rod\nwood screw\nrivet\ndowel pin\neye bolt"),
		traits: words("stainless A2 A4 zinc plated galvanised brass nylon countersunk pan head socket button fully threaded fine metric"),
		extras: lines("DIN 933\nDIN 912\nISO 4762\nISO 7380\nblack oxide\nleft hand thread"),
		axes:   words("thread thread thread box")}},
	{"car-parts-en", domain{prices: [2]float64{6, 400}, codes: "AA-0000-00", phrases: enPhrases, models: true, specs: false,
		brands: words("Motorane Veloparts Brakewell Gearford Ostler Tourne"),
		kinds:  lines("brake pad set\nair filter\noil filter\nwiper blade\nheadlight bulb\nshock absorber\ntiming belt\nwheel bearing\nspark plug\nradiator hose"),
		traits: words("front rear left right ceramic heavy duty sport premium oe quality saloon estate hatchback diesel petrol"),
		extras: lines("2008-2012\n2013-2016\n2017-2021\nwith sensor\nwithout sensor\npair\nkit"),
		axes:   words("side none none none")}},
	{"fabrics-en", domain{prices: [2]float64{3, 60}, codes: "A000-AA", phrases: enPhrases,
		brands: words("Thimble&Thread Loomhaus Selvedge-Row Cottonwick Marigold-Mill"),
		kinds:  lines("cotton poplin\nlinen fabric\nwool felt\njersey knit\nviscose twill\nribbon\nbias binding\nembroidery thread\nknitting yarn\nzip"),
		traits: words("plain printed floral striped gingham polka dot brushed washed organic recycled double gauze crinkle metallic"),
		extras: lines("sold by the metre\nhalf metre\nfat quarter\nremnant\ndress weight"),
		axes:   words("color color yarn width")}},
	{"gifts-ja", domain{ja: true, prices: [2]float64{300, 12000}, codes: "00000", phrases: jaPhrases,
		brands: words("雪うさぎ本舗 ことぶき堂 マルシェ日和 喫茶こだま 花むすび"),
		kinds:  words("焼き菓子 詰め合わせ ドリップコーヒー 紅茶セット 煎茶 海苔 そうめん ジャム はちみつ 佃煮 カタログギフト"),
		traits: words("出産内祝い 御歳暮 お中元 香典返し 結婚式 国産 有機 季節限定 和三盆 抹茶 黒糖 ゆず"),
		extras: words("のし可 名入れ 個包装 常温 冷凍 訳あり"),
		axes:   words("pieces pieces pieces flavour none")}},
}
