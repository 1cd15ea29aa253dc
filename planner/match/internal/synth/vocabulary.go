package synth

import "strings"

// domain is a trade with its words. All names are made up.
type domain struct {
	ja      bool
	brands  []string
	kinds   []string // what the thing is; the category is taken from it
	traits  []string // words before the kind
	extras  []string // words behind the kind
	axes    []string // option axes that occur: color, size, weight, volume, pack, flavour, length, none
	prices  [2]float64
	codes   string // usual code pattern
	models  bool   // names carry model numbers
	specs   bool   // names carry technical amounts
	phrases []string
}

func words(s string) []string { return strings.Fields(s) }

func lines(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

var jaPhrases = lines(`
贈り物にも選ばれています。
職人がひとつずつ仕上げました。
毎日の暮らしになじむ定番です。
直射日光を避けて保管してください。
水洗いできます。
数量に限りがございます。
写真の色は実物と異なることがあります。
組み立ては約十五分です。
`)

var enPhrases = lines(`
Made for everyday use.
Ships in recyclable packaging.
Wipe clean with a damp cloth.
Assembly takes about fifteen minutes.
Suitable for indoor and outdoor use.
Backed by our two year guarantee.
Colours may vary slightly from the picture.
`)

var domains = []domain{
	{ja: true, prices: [2]float64{800, 9000}, codes: "AA-00000", phrases: jaPhrases,
		brands: words("しずく堂 ハナイロ 北欧石鹸工房 ミナモ化粧品 白樺ラボ LUMELLE 月の舟 ORIVA 京小町本舗 ナチュレア"),
		kinds:  words("化粧水 乳液 美容液 クレンジング 洗顔フォーム ハンドクリーム ボディミルク シャンプー トリートメント 日焼け止め リップバーム フェイスマスク 入浴剤 石鹸 ヘアオイル"),
		traits: words("しっとり さっぱり 高保湿 敏感肌用 薬用 オーガニック ローズ 柚子 米ぬか ヒアルロン酸 セラミド 炭 ラベンダー 無香料 椿油 馬油 はちみつ 豆乳 酵素 桜"),
		extras: words("本体 詰め替え用 トライアル 限定版 プレミアム ライト リッチ ミニ 携帯用"),
		axes:   words("volume volume flavour none none pack"), specs: false},
	{ja: true, prices: [2]float64{200, 6000}, codes: "A00000", phrases: jaPhrases,
		brands: words("文具のあおぞら 紙のいずみ TOMARI カキノキ製作所 ペンギン堂 KUMOZA 山彦紙工"),
		kinds:  words("ノート 手帳 ボールペン 万年筆 インク 付箋 封筒 便箋 はさみ 定規 ファイル ペンケース 消しゴム マスキングテープ スケッチブック 色鉛筆 筆ペン"),
		traits: words("方眼 横罫 無地 上質紙 和紙 再生紙 油性 水性 ゲルインク 極細 太字 真鍮 木軸 防水 超軽量 ダブルリング 革表紙 卓上 学童用 事務用"),
		extras: words("A4 A5 B5 A6 0.3 0.5 0.7 細字 中字 右利き用 左利き用 名入れ"),
		axes:   words("color color pack none none"), specs: false},
	{ja: true, prices: [2]float64{1500, 60000}, codes: "AAA-0000", phrases: jaPhrases,
		brands: words("木の巣家具 オーク商会 NORDEN HJEM あかり製作所 松葉木工 SOLVIK 暮らしの森"),
		kinds:  words("チェア スツール ダイニングテーブル ローテーブル 本棚 収納ボックス ラグ カーテン クッション 照明 ミラー ハンガーラック テレビ台 ベッドフレーム 枕 毛布"),
		traits: words("無垢材 ウォールナット オーク ラタン スチール 北欧風 和風 折りたたみ キャスター付き 伸縮 耐熱 遮光 防炎 洗える 低反発 丸型 角型 ヴィンテージ調 モダン"),
		extras: words("2脚セット 完成品 組立式 ワイド スリム ハイタイプ ロータイプ 左右兼用"),
		axes:   words("color size length none color"), specs: true},
	{ja: true, prices: [2]float64{300, 8000}, codes: "00000000", phrases: jaPhrases,
		brands: words("茶縁 みどり園 丸甚製茶 雪解茶房 甘味処さくら 豆匠 KAFFA DO ことり珈琲"),
		kinds:  words("煎茶 ほうじ茶 玄米茶 紅茶 抹茶 コーヒー豆 羊羹 最中 どら焼き せんべい あられ クッキー マドレーヌ 金平糖 ゼリー ようかん カステラ"),
		traits: words("深蒸し 有機 静岡 宇治 八女 知覧 一番摘み 手摘み 浅煎り 中煎り 深煎り 黒糖 抹茶味 ほうじ茶味 柚子 栗入り 塩味 黒ごま きなこ いちご 小豆"),
		extras: words("ティーバッグ 粉末 豆のまま 中挽き 化粧箱 缶入り 徳用 個包装"),
		axes:   words("weight weight pack none none flavour"), specs: false},
	{ja: true, prices: [2]float64{500, 25000}, codes: "A-000", phrases: jaPhrases,
		brands: words("窯元ひなた 青磁工房 鉄の里 木地屋まる HAKUTO さざなみ漆器 キッチンラボ"),
		kinds:  words("マグカップ 湯呑み 茶碗 大皿 小鉢 急須 土鍋 フライパン 包丁 まな板 弁当箱 箸 グラス やかん 保存容器 おろし器 鉄瓶"),
		traits: words("有田焼 美濃焼 波佐見焼 信楽焼 南部鉄器 漆塗り 白磁 粉引 織部 染付 銅製 ステンレス 檜 竹 耐熱ガラス 深型 浅型 取っ手付き 蓋付き 二段"),
		extras: words("特大 大 中 小 ペア 五客 木箱入り IH対応 直火用"),
		axes:   words("size color none none length volume"), specs: true},
	{ja: true, prices: [2]float64{400, 15000}, codes: "AA0000A", phrases: jaPhrases,
		brands: words("わんこ日和 にゃんまるけ PAWLY ペットの杜 モフモフ社 ZOOLA"),
		kinds:  words("ドッグフード キャットフード 首輪 リード ハーネス 猫砂 ベッド ケージ おやつ シャンプー 爪切り キャリーバッグ 食器 爪とぎ トイレシート 服"),
		traits: words("成犬用 子犬用 シニア 室内猫用 小型犬 中型犬 大型犬 チキン味 サーモン味 ラム 鹿肉 無添加 穀物不使用 反射 革製 ナイロン製 防水 消臭 冷感 あったか"),
		extras: words("お試し 大袋 まとめ買い 替え リニューアル"),
		axes:   words("weight size color none pack"), specs: false},
	{ja: false, prices: [2]float64{15, 900}, codes: "AA0000", phrases: enPhrases,
		brands: words("Hollowbrook Fenwick&Lowe Oakhurst Nordvale Brightmere Larkspur-Home Stonegate"),
		kinds:  lines("armchair\nside table\nbookcase\ntable lamp\nfloor lamp\nrug\ncushion\nbed frame\ndesk\nwall clock\nmirror\nstorage basket\ncoat rack\nbar stool\ntv stand"),
		traits: words("solid oak walnut rattan velvet boucle linen industrial vintage scandi folding adjustable round square upholstered handwoven painted reclaimed tall low narrow"),
		extras: lines("set of 2\nwith drawer\nflat pack\nfully assembled\nleft hand\nright hand\nlarge\nsmall\nextra wide"),
		axes:   words("color color size none none"), specs: true},
	{ja: false, prices: [2]float64{4, 450}, codes: "A00AA00", phrases: enPhrases, models: true, specs: true,
		brands: words("Torvik Brasko Gripwell Kestrel-Tools Haldane Ironside Maxdrill"),
		kinds:  lines("cordless drill\nimpact driver\nangle grinder\nscrewdriver set\nsocket set\nhand saw\ncircular saw\njigsaw\nclaw hammer\ntape measure\nspirit level\nworkbench\nheat gun\nair compressor\npaint sprayer\nmulti tool\nbattery pack\ncharger"),
		traits: words("brushless compact heavy duty professional magnetic insulated ratchet variable speed quick change dust free titanium carbide carbon steel long reach"),
		extras: lines("in carry case\nbare unit\nkit with 2 batteries\ntwin pack\nrefurbished\nwith stand"),
		axes:   words("none none size pack length")},
	{ja: false, prices: [2]float64{3, 120}, codes: "000-0000", phrases: enPhrases,
		brands: words("Petalhouse Verbena&Co Saltgrass Mossbank Amberley Lune"),
		kinds:  lines("hand cream\nbody wash\nshampoo\nconditioner\nface serum\nnight cream\nlip balm\nbath salts\ncandle\nroom spray\nsoap bar\nbeard oil\nsun lotion\nface mask"),
		traits: words("lavender rosemary rose oat honey charcoal vitamin hydrating soothing sensitive unscented organic vegan sea salt coconut citrus fig cedar jasmine"),
		extras: lines("refill\ntravel size\ngift box\nlimited edition\ntrial"),
		axes:   words("volume volume flavour none pack")},
	{ja: false, prices: [2]float64{8, 1800}, codes: "AAA000AA", phrases: enPhrases, models: true, specs: true,
		brands: words("Zentrix Omnivolt Pyxis Lumora Castell NorthPeak Avonic"),
		kinds:  lines("monitor\nwireless keyboard\nlaser printer\ntoner cartridge\nusb cable\nnetwork switch\nexternal drive\nmemory card\npower adapter\nwebcam\nheadset\ndocking station\nprojector\nsoundbar\nrouter\nups\ngraphics card\nlaptop"),
		traits: words("gaming business ultra slim gigabit bluetooth curved portable dual band high yield rugged silent compact rack mount mesh ergonomic backlit"),
		extras: lines("black\nwhite\nbulk\nretail box\n3 year warranty\nEU plug\nUK plug\n2 pack"),
		axes:   words("none none none color size")},
	{ja: false, prices: [2]float64{5, 60}, codes: "0000000000", phrases: enPhrases,
		brands: words("Harrow-Press Bluebell-Books Quillon Tidewater-Editions Marlow&Finch"),
		kinds:  lines("novel\ncookbook\natlas\npicture book\nworkbook\nguide\nanthology\nposter\ncalendar\njigsaw puzzle\nboard game\ncard game"),
		traits: words("the lost winter garden river island secret history small great night train summer city stories beginner complete illustrated pocket northern wild modern classic of and"),
		extras: lines("hardback\npaperback\n2nd edition\nvolume 1\nvolume 2\nvolume 3\n500 pieces\n1000 pieces\nrevised"),
		axes:   words("none none none pack")},
	{ja: false, prices: [2]float64{10, 260}, codes: "AA-0000-A", phrases: enPhrases,
		brands: words("Ridgeway Tarn&Fell Cascadia-Wear Driftline Paloma-Studio Knit-Yard"),
		kinds:  lines("t-shirt\nrain jacket\nhiking boots\nrunning shoes\nwool jumper\nleggings\nchinos\nbeanie\nscarf\nbackpack\nsocks\npolo shirt\nsun hat\ngloves\nhoodie\nsummer dress"),
		traits: words("merino organic cotton lightweight waterproof padded slim relaxed cropped striped mens womens kids thermal stretch recycled ribbed classic trail"),
		extras: lines("long sleeve\nshort sleeve\nwith hood\nzip neck\n2 pack"),
		axes:   words("color-size color-size color size none")},
	{ja: true, prices: [2]float64{900, 30000}, codes: "AA-000-00", phrases: jaPhrases,
		brands: words("山歩堂 RIDGE-LAB 海と風 トレッカ 焚火社 SUNDAWN みなも釣具"),
		kinds:  words("テント タープ 寝袋 ランタン バーナー クッカー リュック トレッキングポール レインウェア フィッシングベスト ルアー 釣竿 クーラーボックス 折りたたみ椅子 水筒 ヘッドライト"),
		traits: words("軽量 二人用 四人用 防水 撥水 アルミ チタン 収束型 自立式 冬用 夏用 三季用 充電式 大容量 コンパクト 迷彩 耐風 速乾 反射材付き"),
		extras: words("収納袋付き 2個組 替え芯 改良版 旧型 右 左"),
		axes:   words("color size color-size none none"), models: true, specs: true},
}

type option struct{ name, code string }

func opts(s string) []option {
	var out []option
	for _, w := range strings.Fields(s) {
		n, c, _ := strings.Cut(w, "/")
		out = append(out, option{n, c})
	}
	return out
}

var jaAxes = map[string][][]option{
	"color":   {opts("ホワイト/WH ブラック/BK グレー/GY ネイビー/NV レッド/RD グリーン/GN ベージュ/BE"), opts("白/01 黒/02 赤/03 青/04 緑/05"), opts("ナチュラル/NA ダークブラウン/DB オフホワイト/OW チャコール/CH"), opts("さくら色/SK 若草色/WK 藍色/AI 山吹色/YB")},
	"size":    {opts("S/S M/M L/L LL/LL"), opts("小/S 中/M 大/L"), opts("シングル/SG セミダブル/SD ダブル/DB"), opts("22cm/22 24cm/24 26cm/26 28cm/28")},
	"weight":  {opts("100g/1 200g/2 500g/5"), opts("50g/A 100g/B 1kg/C"), opts("800g/8 2kg/20 4kg/40")},
	"volume":  {opts("100ml/1 200ml/2 500ml/5"), opts("30ml/S 60ml/L"), opts("350ml/35 1L/100")},
	"pack":    {opts("3個入り/3 6個入り/6 12個入り/12"), opts("5枚組/5 10枚組/10"), opts("1袋/1 3袋/3 10袋/10")},
	"flavour": {opts("ローズの香り/R ラベンダーの香り/L 柑橘の香り/C"), opts("プレーン/P チョコ/C 抹茶/M いちご/I"), opts("甘口/A 辛口/K")},
	"number":  {opts("1巻/01 2巻/02 3巻/03 4巻/04 5巻/05 6巻/06 7巻/07 8巻/08 9巻/09 10巻/10 11巻/11 12巻/12"), opts("上/J 下/G"), opts("(1)/1 (2)/2 (3)/3 (4)/4")},
	"shade":   {opts("01/01 02/02 03/03 04/04 05/05 10/10 11/11 12/12"), opts("RD-1/R1 RD-2/R2 PK-1/P1 PK-2/P2 BR-1/B1"), opts("#101/101 #102/102 #201/201 #202/202")},
	"bottle":  {opts("300ml/03 720ml/07 1.8L/18"), opts("720ml/7 1800ml/18"), opts("375ml/H 750ml/F")},
	"vintage": {opts("2018/18 2019/19 2020/20 2021/21 2022/22"), opts("令和4年/R4 令和5年/R5 令和6年/R6")},
	"pieces":  {opts("5個/05 8個/08 10個/10 16個/16 20個/20"), opts("3袋/3 6袋/6"), opts("10g×5袋/5 10g×10袋/10")},
	"length":  {opts("60cm/60 90cm/90 120cm/120"), opts("18cm/18 21cm/21 24cm/24"), opts("1m/1 2m/2 3m/3")},
}

var enAxes = map[string][][]option{
	"color":   {opts("White/WHT Black/BLK Grey/GRY Navy/NVY Red/RED Green/GRN"), opts("Oak/OK Walnut/WN Ash/AS"), opts("Cream/CR Sage/SG Rust/RU Charcoal/CH")},
	"size":    {opts("Small/S Medium/M Large/L XL/XL"), opts("8mm/8 10mm/10 12mm/12 14mm/14"), opts("Single/SGL Double/DBL King/KNG"), opts("UK6/6 UK8/8 UK10/10")},
	"weight":  {opts("100g/1 250g/2 1kg/4")},
	"volume":  {opts("50ml/50 100ml/100 250ml/250"), opts("75ml/S 300ml/L")},
	"pack":    {opts("1/1 3-pack/3 6-pack/6"), opts("10pcs/10 25pcs/25 100pcs/100")},
	"flavour": {opts("Rose/R Lavender/L Citrus/C"), opts("Mint/M Lemon/L Ginger/G")},
	"thread":  {opts("M4x10/0410 M4x16/0416 M5x10/0510 M5x16/0516 M6x20/0620 M6x30/0630 M8x30/0830"), opts("M3/3 M4/4 M5/5 M6/6"), opts("1/4in/14 3/8in/38")},
	"box":     {opts("100pcs/C 500pcs/D 1000pcs/M")},
	"side":    {opts("front/F rear/R"), opts("left/L right/R")},
	"yarn":    {opts("50g/50 100g/100"), opts("shade-12/12 shade-14/14 shade-21/21")},
	"width":   {opts("112cm/112 140cm/140"), opts("10mm/10 15mm/15 25mm/25")},
	"length":  {opts("1m/1 2m/2 5m/5"), opts("30cm/30 60cm/60 90cm/90")},
}

// swaps are words that one shop writes for another's.
var jaSwaps = pairsOf("ホワイト/白 ブラック/黒 グレー/灰色 ネイビー/紺 レッド/赤 グリーン/緑 ステンレス/ステン 詰め替え用/リフィル 折りたたみ/折り畳み 柚子/ゆず 抹茶/まっちゃ 紅茶/ティー 石鹸/ソープ 洗顔フォーム/洗顔料 照明/ライト 椅子/チェア 本棚/ブックシェルフ 毛布/ブランケット 収納ボックス/収納箱 革/レザー 檜/ひのき 竹/たけ 栗/くり 小豆/あずき 黒ごま/黒胡麻 いちご/苺 きなこ/黄粉 湯呑み/湯のみ 大/大サイズ ランタン/ランプ リュック/バックパック 釣竿/ロッド 寝袋/シュラフ 水筒/ボトル 首輪/カラー 成犬用/アダルト 無香料/香料不使用 限定版/限定品 組立式/組み立て式 入浴剤/バスソルト 手摘み/手づみ 付箋/ふせん 便箋/レターセット 万年筆/まんねん筆")

var enSwaps = pairsOf("grey/gray Grey/Gray wireless/cordless drawer/drawers jumper/sweater lamp/light rug/carpet set/kit adjustable/variable black/blk white/wht Black/Blk White/Wht large/lg small/sm warranty/guarantee cable/lead headset/headphones professional/pro portable/compact conditioner/hair-conditioner refill/refill-pack paperback/pbk hardback/hbk laptop/notebook external/ext cushion/pillow waterproof/showerproof lightweight/ultralight")

func pairsOf(s string) [][2]string {
	var out [][2]string
	for _, w := range strings.Fields(s) {
		a, b, _ := strings.Cut(w, "/")
		out = append(out, [2]string{a, b})
	}
	return out
}

var jaPromo = words("【送料無料】 【あす楽】 【メール便可】 【期間限定】 【10%OFF】 ★新商品★ ◎再入荷◎ ＼特価／ [公式] 《訳あり》 【ポイント5倍】 【早割】 〔在庫限り〕 ☆レビュー特典☆ (Pt3倍)")
var jaPromoTail = lines("送料込\n業務用\nギフト 贈り物 内祝い\n母の日 父の日\n通販 人気\n【包装可】\n※沖縄は別途\n名入れ可\n即納")
var enPromo = lines("Free Shipping -\n*SALE*\nNEW!\n[Clearance]\nHot Deal:\nSpecial Offer -\nBestseller!\n20% OFF -\nLast Chance:")
var enPromoTail = lines("- In Stock\n| Best Price\n(NEW)\n- FREE P&P\n[Bulk Buy]\n- Next Day Delivery\n| Official")

var jaPages = [][2]string{
	{"特定商取引法に基づく表記", "特定商取引法に関する表示"}, {"プライバシーポリシー", "個人情報の取り扱い"}, {"送料・お支払い", "配送とお支払いについて"},
	{"お問い合わせ", "お問合せ"}, {"会社案内", "運営会社"}, {"よくあるご質問", "FAQ"}, {"返品について", "返品・交換のご案内"},
	{"ご利用ガイド", "お買い物ガイド"}, {"ギフト包装", "ラッピングのご案内"}, {"お客様の声", "クチコミ"}, {"採用のお知らせ", ""}, {"夏季休業のご案内", ""}, {"メールマガジン", "メルマガ登録"},
	{"店主のひとりごと", "ブログ"}, {"素材へのこだわり", "ものづくりへの想い"}, {"", "アプリ"}, {"", "サステナビリティ"},
}

var enPages = [][2]string{
	{"Privacy Policy", "Privacy notice"}, {"Delivery Information", "Shipping policy"}, {"Terms and Conditions", "Terms of service"}, {"Contact Us", "Get in touch"},
	{"About Us", "Our story"}, {"FAQs", "Frequently asked questions"}, {"Returns & Refunds", "Refund policy"}, {"Store Locator", "Our stores"},
	{"Careers", ""}, {"Newsletter", ""}, {"Gift Vouchers", "Gift cards"}, {"Size Chart", "Size guide"}, {"Trade Accounts", "Wholesale"}, {"Company News", "Journal"}, {"", "Accessibility"}, {"Affiliate Programme", ""},
}
