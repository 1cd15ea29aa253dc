package demoshop

// word is a Japanese word with the other spelling that the new shop may use for it
// and a form for handles.
type word struct {
	ja   string
	alt  string // another name of the same thing; "" when there is none
	slug string
}

// other returns the alternative spelling, or the word itself.
func (w word) other() string {
	if w.alt != "" {
		return w.alt
	}
	return w.ja
}

// axes of a noun: what a buyer can choose.
type axes int

const (
	plain axes = iota
	byColour
	bySize
	byColourAndSize
)

// noun is a kind of goods.
type noun struct {
	word
	small     int // index into the small categories of its department
	low, high int // price range without tax, in units of ten yen
	axes      axes
	specs     []string // sizes, weights, counts that distinguish two of a kind
}

// department is a big category with its small ones.
type department struct {
	name      string
	newName   string // title of the collection in the new shop; "" when it was dropped
	slug      string
	smalls    []word // alt "" in the new shop means: same name; see smallDropped
	materials []word
	nouns     []noun
	food      bool // reduced tax rate
}

var makers = []struct {
	word
	code string
}{
	{word{"ツキヨミヤ", "", "tsukiyomiya"}, "TY"},
	{word{"ホシクズ製作所", "", "hoshikuzu"}, "HK"},
	{word{"ナミマ工房", "", "namima"}, "NM"},
	{word{"モクレン社中", "", "mokuren"}, "MR"},
	{word{"Yorunagi", "ヨルナギ", "yorunagi"}, "YN"},
	{word{"TOBARI&CO", "トバリアンドコー", "tobari"}, "TB"},
	{word{"コハク織布", "", "kohaku"}, "KH"},
	{word{"Nemunoki Lab", "ネムノキラボ", "nemunoki"}, "NL"},
	{word{"アサギリ陶器", "", "asagiri"}, "AG"},
	{word{"フクロウ硝子", "フクロウガラス", "fukurou"}, "FG"},
	{word{"リスノテ", "", "risunote"}, "RN"},
	{word{"みなと屋48", "", "minatoya48"}, "M48"},
	{word{"ヒグラシ商会", "", "higurashi"}, "HG"},
	{word{"カゼノト", "", "kazenoto"}, "KZ"},
}

var series = []word{
	{"ほとり", "", "hotori"}, {"凪", "なぎ", "nagi"}, {"夜長", "", "yonaga"}, {"こもれび", "木漏れ日", "komorebi"},
	{"つきかげ", "月影", "tsukikage"}, {"Luna", "ルナ", "luna"}, {"しずく", "", "shizuku"}, {"ひだまり", "陽だまり", "hidamari"},
	{"うたかた", "", "utakata"}, {"Drop", "ドロップ", "drop"}, {"ほのか", "", "honoka"}, {"あけぼの", "", "akebono"},
	{"さざなみ", "", "sazanami"}, {"NORD", "ノルド", "nord"}, {"よつゆ", "夜露", "yotsuyu"}, {"たまゆら", "", "tamayura"},
	{"すずかぜ", "涼風", "suzukaze"}, {"はなうた", "", "hanauta"}, {"Cocon", "ココン", "cocon"}, {"わたげ", "", "watage"},
	{"かわせみ", "", "kawasemi"}, {"まどろみ", "", "madoromi"}, {"いろは", "", "iroha"}, {"Petit", "プチ", "petit"},
	{"あかつき", "", "akatsuki"}, {"ゆきあかり", "雪あかり", "yukiakari"}, {"つむぎ", "紬", "tsumugi"}, {"Mori", "モリ", "mori"},
	{"ふたつぼし", "", "futatsuboshi"}, {"みかづき", "三日月", "mikazuki"}, {"おぼろ", "", "oboro"}, {"Vent", "ヴァン", "vent"},
}

// colours with the suffix that makers put behind their model numbers.
var colours = []struct {
	word
	code string
}{
	{word{"ブラック", "黒", "black"}, "BK"}, {word{"ホワイト", "白", "white"}, "WH"},
	{word{"ネイビー", "紺", "navy"}, "NV"}, {word{"グレー", "灰", "gray"}, "GY"},
	{word{"生成り", "ナチュラル", "natural"}, "NA"}, {word{"からし", "マスタード", "mustard"}, "MS"},
	{word{"若草", "グリーン", "green"}, "GR"}, {word{"桜色", "ピンク", "pink"}, "PK"},
	{word{"藍", "インディゴ", "indigo"}, "ID"}, {word{"ワイン", "ボルドー", "wine"}, "WN"},
}

var clothSizes = []string{"S", "M", "L"}

var departments = []department{
	{
		name: "うつわ・食器", newName: "食器・テーブルウェア", slug: "tableware",
		smalls:    []word{{"カップ・湯呑み", "カップ＆マグ", "cups"}, {"皿・鉢", "プレート・ボウル", "plates"}, {"箸・カトラリー", "", "cutlery"}},
		materials: []word{{"磁器", "", "porcelain"}, {"陶器", "", "pottery"}, {"硝子", "ガラス", "glass"}},
		nouns: []noun{
			{word{"マグカップ", "マグ", "mug"}, 0, 98, 320, byColour, []string{"300ml", "350ml"}},
			{word{"湯呑み", "湯のみ", "yunomi"}, 0, 88, 260, plain, []string{"小", "大"}},
			{word{"そばちょこ", "蕎麦猪口", "sobachoko"}, 0, 78, 180, plain, nil},
			{word{"小鉢", "ボウル", "kobachi"}, 1, 78, 220, plain, []string{"12cm", "15cm"}},
			{word{"取り皿", "プレート", "plate"}, 1, 68, 240, plain, []string{"15cm", "18cm", "21cm"}},
			{word{"飯碗", "お茶碗", "meshiwan"}, 1, 98, 280, plain, nil},
			{word{"箸置き", "はしおき", "hashioki"}, 2, 38, 120, plain, []string{"2個組", "5個組"}},
		},
	},
	{
		name: "キッチン道具", newName: "キッチン", slug: "kitchen",
		smalls:    []word{{"鍋・やかん", "", "pots"}, {"保存容器", "キャニスター", "canisters"}, {"エプロン・布もの", "キッチンクロス", "kitchen-cloth"}},
		materials: []word{{"琺瑯", "ホーロー", "enamel"}, {"ひのき", "桧", "hinoki"}, {"ステンレス", "", "stainless"}},
		nouns: []noun{
			{word{"片手鍋", "ソースパン", "saucepan"}, 0, 320, 780, byColour, []string{"16cm", "18cm"}},
			{word{"やかん", "ケトル", "kettle"}, 0, 380, 880, plain, []string{"1.6L", "2.0L"}},
			{word{"保存びん", "キャニスター", "canister"}, 1, 120, 340, plain, []string{"500ml", "900ml"}},
			{word{"米びつ", "ライスストッカー", "rice-box"}, 1, 480, 1280, plain, []string{"3kg", "5kg"}},
			{word{"鍋つかみ", "ミトン", "mitten"}, 2, 98, 240, plain, nil},
			{word{"まな板", "カッティングボード", "cutting-board"}, 2, 180, 560, plain, []string{"S", "L"}},
			{word{"しゃもじ", "", "shamoji"}, 2, 48, 120, plain, nil},
		},
	},
	{
		name: "洋服", newName: "ウェア", slug: "wear",
		smalls:    []word{{"トップス", "", "tops"}, {"ワンピース", "", "dresses"}, {"羽織もの", "アウター", "outer"}},
		materials: []word{{"綿", "コットン", "cotton"}, {"麻", "リネン", "linen"}, {"ウール", "羊毛", "wool"}},
		nouns: []noun{
			{word{"ブラウス", "シャツ", "blouse"}, 0, 580, 1280, byColourAndSize, nil},
			{word{"カットソー", "Tシャツ", "cutsew"}, 0, 380, 780, byColourAndSize, nil},
			{word{"タートルネックニット", "ハイネックセーター", "turtleneck"}, 0, 680, 1480, byColourAndSize, nil},
			{word{"ギャザーワンピース", "ギャザードレス", "gather-dress"}, 1, 980, 1980, byColourAndSize, nil},
			{word{"シャツワンピース", "シャツドレス", "shirt-dress"}, 1, 980, 1980, byColour, nil},
			{word{"カーディガン", "羽織りニット", "cardigan"}, 2, 780, 1680, byColour, nil},
			{word{"ストール", "ショール", "stole"}, 2, 380, 880, byColour, nil},
		},
	},
	{
		name: "バッグ・財布", newName: "バッグ", slug: "bags",
		smalls:    []word{{"トートバッグ", "", "totes"}, {"ショルダー", "", "shoulder-bags"}, {"財布・小物入れ", "ウォレット・ポーチ", "wallets"}},
		materials: []word{{"帆布", "キャンバス", "canvas"}, {"牛革", "レザー", "leather"}, {"ナイロン", "", "nylon"}},
		nouns: []noun{
			{word{"トートバッグ", "トート", "tote"}, 0, 480, 1580, byColour, []string{"A4対応", "ミニ"}},
			{word{"マルシェバッグ", "買い物バッグ", "marche-bag"}, 0, 380, 980, byColour, nil},
			{word{"サコッシュ", "ミニショルダー", "sacoche"}, 1, 280, 780, byColour, nil},
			{word{"ショルダーバッグ", "", "shoulder-bag"}, 1, 780, 2480, byColour, nil},
			{word{"がま口財布", "がま口ウォレット", "gamaguchi"}, 2, 380, 1280, plain, nil},
			{word{"名刺入れ", "カードケース", "card-case"}, 2, 280, 780, plain, nil},
			{word{"ペンポーチ", "筆入れ", "pen-pouch"}, 2, 120, 320, plain, nil},
		},
	},
	{
		name: "アクセサリー", newName: "アクセサリー", slug: "accessories",
		smalls:    []word{{"ピアス・イヤリング", "", "earrings"}, {"ネックレス", "", "necklaces"}, {"ブローチ・髪飾り", "ヘアアクセサリー・ブローチ", "brooches"}},
		materials: []word{{"真鍮", "ブラス", "brass"}, {"シルバー925", "銀", "silver925"}, {"とんぼ玉", "ガラスビーズ", "glass-bead"}},
		nouns: []noun{
			{word{"ピアス", "", "pierce"}, 0, 180, 780, plain, []string{"片耳", "両耳"}},
			{word{"イヤリング", "ノンホールピアス", "earring"}, 0, 180, 780, plain, nil},
			{word{"ネックレス", "ペンダント", "necklace"}, 1, 280, 1280, plain, []string{"40cm", "60cm"}},
			{word{"ブローチ", "", "brooch"}, 2, 120, 580, plain, nil},
			{word{"ヘアゴム", "ヘアタイ", "hair-tie"}, 2, 68, 180, byColour, nil},
			{word{"バレッタ", "髪留め", "barrette"}, 2, 98, 320, plain, nil},
		},
	},
	{
		name: "インテリア・照明", newName: "インテリア", slug: "interior",
		smalls:    []word{{"照明", "ライト", "lights"}, {"花瓶・置物", "フラワーベース・オブジェ", "vases"}, {"かご・収納", "バスケット・収納", "baskets"}},
		materials: []word{{"真鍮", "ブラス", "brass"}, {"竹", "バンブー", "bamboo"}, {"硝子", "ガラス", "glass"}},
		nouns: []noun{
			{word{"ペンダントライト", "吊り下げ照明", "pendant-light"}, 0, 780, 2480, plain, []string{"1灯", "3灯"}},
			{word{"テーブルランプ", "卓上ライト", "table-lamp"}, 0, 580, 1680, plain, nil},
			{word{"一輪挿し", "フラワーベース", "vase"}, 1, 120, 480, byColour, nil},
			{word{"オブジェ", "置物", "objet"}, 1, 180, 680, plain, []string{"小", "大"}},
			{word{"脱衣かご", "ランドリーバスケット", "laundry-basket"}, 2, 380, 980, plain, nil},
			{word{"小物入れ", "トレー", "tray"}, 2, 88, 280, plain, nil},
			{word{"掛け時計", "ウォールクロック", "wall-clock"}, 1, 480, 1380, plain, nil},
		},
	},
	{
		name: "寝具・タオル", newName: "タオル・リネン", slug: "linens",
		smalls:    []word{{"タオル", "", "towels"}, {"毛布・ケット", "ブランケット", "blankets"}, {"枕カバー", "ピローケース", "pillow-cases"}},
		materials: []word{{"ふわパイル", "パイル", "pile"}, {"ガーゼ", "", "gauze"}, {"麻", "リネン", "linen"}},
		nouns: []noun{
			{word{"フェイスタオル", "", "face-towel"}, 0, 68, 180, byColour, nil},
			{word{"バスタオル", "", "bath-towel"}, 0, 180, 420, byColour, nil},
			{word{"ハンカチ", "ハンドタオル", "hand-towel"}, 0, 48, 120, plain, nil},
			{word{"ひざ掛け", "ブランケット", "lap-blanket"}, 1, 320, 780, byColour, nil},
			{word{"肌掛けケット", "サマーケット", "summer-blanket"}, 1, 580, 1480, bySize, nil},
			{word{"枕カバー", "ピローケース", "pillow-case"}, 2, 120, 380, byColour, []string{"43×63cm", "50×70cm"}},
		},
	},
	{
		name: "文具・紙もの", newName: "ステーショナリー", slug: "stationery",
		smalls:    []word{{"ノート・手帳", "", "notebooks"}, {"便箋・はがき", "レターセット", "letters"}, {"筆記具", "ペン", "pens"}},
		materials: []word{{"和紙", "", "washi"}, {"再生紙", "リサイクルペーパー", "recycled-paper"}, {"活版", "レタープレス", "letterpress"}},
		nouns: []noun{
			{word{"ノート", "", "notebook"}, 0, 38, 180, plain, []string{"A5 方眼", "A5 無地", "B6 横罫"}},
			{word{"手帳カバー", "ダイアリーカバー", "diary-cover"}, 0, 180, 580, byColour, nil},
			{word{"一筆箋", "ミニ便箋", "ippitsusen"}, 1, 38, 80, plain, nil},
			{word{"ポストカード", "葉書", "postcard"}, 1, 15, 60, plain, []string{"3枚入", "8枚入"}},
			{word{"万年筆", "", "fountain-pen"}, 2, 280, 1980, plain, []string{"細字", "中字"}},
			{word{"マスキングテープ", "", "masking-tape"}, 1, 28, 60, plain, []string{"15mm", "20mm"}},
		},
	},
	{
		name: "バス・コスメ", newName: "ビューティー", slug: "beauty",
		smalls:    []word{{"石けん", "ソープ", "soaps"}, {"入浴剤", "バスソルト", "bath-salts"}, {"ハンドケア", "", "hand-care"}},
		materials: []word{{"ラベンダー", "", "lavender"}, {"ゆず", "柚子", "yuzu"}, {"はちみつ", "蜂蜜", "honey"}},
		nouns: []noun{
			{word{"石けん", "ソープ", "soap"}, 0, 58, 180, plain, []string{"80g", "120g"}},
			{word{"入浴剤", "バスソルト", "bath-salt"}, 1, 28, 160, plain, []string{"35g", "300g"}},
			{word{"ハンドクリーム", "", "hand-cream"}, 2, 88, 280, plain, []string{"30g", "75g"}},
			{word{"リップバーム", "リップクリーム", "lip-balm"}, 2, 68, 180, plain, nil},
			{word{"化粧水", "ローション", "lotion"}, 2, 180, 480, plain, []string{"120ml", "200ml"}},
		},
	},
	{
		name: "お茶・食品", newName: "フード＆ティー", slug: "food", food: true,
		smalls:    []word{{"お茶・珈琲", "ティー・コーヒー", "tea-coffee"}, {"ジャム・はちみつ", "", "jams"}, {"焼き菓子", "お菓子", "sweets"}},
		materials: []word{{"深蒸し", "", "fukamushi"}, {"国産", "", "kokusan"}, {"有機", "オーガニック", "organic"}},
		nouns: []noun{
			{word{"煎茶", "", "sencha"}, 0, 68, 240, plain, []string{"50g", "100g", "ティーバッグ20包"}},
			{word{"ほうじ茶", "", "hojicha"}, 0, 48, 180, plain, []string{"80g", "150g"}},
			{word{"珈琲豆", "コーヒー豆", "coffee-beans"}, 0, 88, 320, plain, []string{"200g", "500g"}},
			{word{"いちごジャム", "苺ジャム", "strawberry-jam"}, 1, 58, 120, plain, []string{"130g", "250g"}},
			{word{"はちみつ", "蜂蜜", "honey"}, 1, 98, 380, plain, []string{"150g", "300g"}},
			{word{"クッキー缶", "ビスケット缶", "cookie-tin"}, 2, 180, 480, plain, nil},
			{word{"フィナンシェ", "", "financier"}, 2, 28, 320, plain, []string{"1個", "10個入"}},
		},
	},
	{
		name: "こども・ベビー", newName: "キッズ＆ベビー", slug: "kids",
		smalls:    []word{{"おもちゃ", "トイ", "toys"}, {"ベビー服", "ベビーウェア", "baby-wear"}, {"よだれかけ・布小物", "スタイ", "bibs"}},
		materials: []word{{"ぶな", "ビーチ材", "beech"}, {"ガーゼ", "", "gauze"}, {"綿", "コットン", "cotton"}},
		nouns: []noun{
			{word{"積み木", "ブロック", "blocks"}, 0, 280, 1280, plain, []string{"20ピース", "40ピース"}},
			{word{"がらがら", "ラトル", "rattle"}, 0, 98, 320, plain, nil},
			{word{"ロンパース", "カバーオール", "rompers"}, 1, 280, 680, byColour, nil},
			{word{"ベビー帽子", "ベビーハット", "baby-hat"}, 1, 180, 380, bySize, nil},
			{word{"よだれかけ", "スタイ", "bib"}, 2, 78, 180, byColour, nil},
		},
	},
	{
		name: "季節・ギフト", newName: "", slug: "seasonal",
		smalls:    []word{{"お正月", "", "new-year"}, {"クリスマス", "", "christmas"}, {"ギフトセット", "ギフト", "gift-sets"}},
		materials: []word{{"手漉き和紙", "", "washi"}, {"木製", "ウッド", "wood"}, {"羊毛フェルト", "", "felt"}},
		nouns: []noun{
			{word{"しめ飾り", "しめ縄飾り", "shimekazari"}, 0, 180, 780, plain, []string{"小", "大"}},
			{word{"干支の置物", "干支オブジェ", "eto"}, 0, 120, 480, plain, nil},
			{word{"オーナメント", "ツリー飾り", "ornament"}, 1, 38, 180, plain, []string{"3個組", "6個組"}},
			{word{"リース", "", "wreath"}, 1, 280, 880, plain, []string{"20cm", "30cm"}},
			{word{"ギフトセット", "詰め合わせ", "gift-set"}, 2, 280, 1280, plain, []string{"A", "B", "C"}},
		},
	},
}

// Small categories whose department and index are listed here have no collection of
// their own in the new shop.
var smallDropped = map[[2]int]bool{
	{0, 2}: true, {3, 1}: true, {4, 1}: true, {6, 2}: true, {7, 2}: true, {8, 2}: true, {10, 2}: true,
	{11, 0}: true, {11, 1}: true,
}

var oldPrefixes = []string{"【送料無料】", "★新入荷★", "【メール便可】", "《人気》", "◎", "【ギフト対応】", "【再入荷】"}

var oldSuffixes = []string{" ※ラッピング可", "　◆", "【在庫限り】", " (日本製)", "♪"}

var oldSentences = []string{
	"毎日の暮らしにそっと寄りそう、当店でも長く愛されている品です。",
	"一点ずつ手作業で仕上げているため、色味や形に多少の差がございます。",
	"贈りものにもよろこばれます。のし・ラッピングは備考欄でお知らせください。",
	"朝から晩まで、季節を問わずお使いいただけます。",
	"撮影の都合により、実物とお色が異なって見える場合がございます。",
	"入荷のたびにすぐ完売してしまう、店主もお気に入りの一品です。",
}

var newSentences = []string{
	"暮らしになじむ、つきよ雑貨の定番アイテム。",
	"ひとつひとつ職人の手で仕上げています。",
	"ギフトラッピングに対応しています。",
	"季節を問わず使いやすいデザインです。",
}
