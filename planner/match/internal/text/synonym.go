package text

import "strings"

// synonymGroups are words that shops write for one another, general words of
// trade only: colours, materials, preparation, packing. The first word of a line
// stands for the others. Words are compared after Fold.
const synonymGroups = `
ホワイト 白 しろ white wht 白色 ホワイト色
ブラック 黒 くろ black blk 黒色 ブラック色
レッド 赤 あか red 赤色
ブルー 青 あお blue 青色
グリーン 緑 みどり green grn 緑色
イエロー 黄 黄色 きいろ yellow ylw
グレー 灰 灰色 グレイ gray grey gry
ピンク 桃色 pink
ブラウン 茶 茶色 ちゃいろ brown brn
ネイビー 紺 紺色 navy
パープル 紫 むらさき purple 紫色
オレンジ 橙 橙色 だいだい orange
ベージュ beige
カーキ khaki
シルバー 銀 銀色 silver
ゴールド 金 金色 gold
アイボリー 象牙色 ivory
生成り 生成 きなり ecru
ワイン ワインレッド えんじ 臙脂 burgundy
水色 みずいろ ライトブルー サックス サックスブルー
フリー フリーサイズ free freesize onesize
リネン 麻 linen
コットン 綿 木綿 cotton
シルク 絹 silk
ウール 羊毛 wool
レザー 革 皮革 本革 leather
カシミヤ カシミア cashmere
ポリエステル polyester
ナイロン nylon
デニム denim
ワンピース dress
スカート skirt
シャツ shirt
コート coat
ジャケット jacket
パンツ ズボン pants trousers
帽子 ぼうし hat
靴下 くつした ソックス socks
鞄 かばん バッグ bag バック
手袋 てぶくろ グローブ gloves
花柄 フラワー フラワー柄 floral
水玉 ドット ドット柄
縞 ストライプ ストライプ柄 しま
格子 チェック チェック柄
海老 えび エビ 蝦
蟹 かに カニ
鮭 さけ サケ サーモン
鯖 さば サバ
鯵 あじ アジ
鰯 いわし イワシ
鮪 まぐろ マグロ
鰹 かつお カツオ
鰻 うなぎ ウナギ
鯛 たい タイ
烏賊 いか イカ
蛸 たこ タコ
帆立 ほたて ホタテ
浅蜊 あさり アサリ
昆布 こんぶ コンブ
若布 わかめ ワカメ
海苔 のり ノリ
牛 うし ウシ 牛肉 ビーフ
豚 ぶた ブタ 豚肉 ポーク
鶏 とり にわとり ニワトリ 鶏肉 チキン
卵 たまご タマゴ 玉子
米 こめ コメ
麦 むぎ ムギ
大豆 だいず ダイズ
小豆 あずき アズキ
胡麻 ごま ゴマ
蕎麦 そば ソバ
饂飩 うどん ウドン
豆腐 とうふ トウフ
味噌 みそ ミソ
醤油 しょうゆ ショウユ しょう油 正油
砂糖 さとう サトウ
塩 しお シオ 食塩
酢 す お酢
胡椒 こしょう コショウ
山葵 わさび ワサビ
生姜 しょうが ショウガ 生薑
大蒜 にんにく ニンニク ガーリック
葱 ねぎ ネギ
玉葱 たまねぎ 玉ねぎ 玉ネギ
人参 にんじん ニンジン
大根 だいこん ダイコン
牛蒡 ごぼう ゴボウ
馬鈴薯 じゃがいも ジャガイモ
薩摩芋 さつまいも サツマイモ さつま芋
南瓜 かぼちゃ カボチャ
茄子 なす ナス なすび
胡瓜 きゅうり キュウリ
筍 たけのこ タケノコ 竹の子
椎茸 しいたけ シイタケ
林檎 りんご リンゴ
蜜柑 みかん ミカン
葡萄 ぶどう ブドウ
苺 いちご イチゴ
桃 もも モモ
梨 なし ナシ
栗 くり クリ
梅 うめ ウメ
茶葉 ちゃば
珈琲 コーヒー coffee
紅茶 こうちゃ tea
緑茶 りょくちゃ
焼き 焼 やき
茹で ゆで 茹
蒸し 蒸 むし
揚げ 揚 あげ
煮 に 煮物
漬け 漬 づけ
乾燥 かんそう 乾
冷凍 れいとう
詰め合わせ 詰合せ 詰合わせ つめあわせ アソート assorted
お試し おためし お試
セット set
ケース case
大きい 大
小さい 小
replacement spare
wireless cordless
battery batteries
notebook laptop
monitor display
colour color
original orig
cartridge cart cartridges
high hi
professional pro
edition ed
version ver
standard std
deluxe dlx
upgrade upg upgr
license licence lic
windows win
macintosh mac
media mda
package pkg
university univ
international intl
management mgmt
and ＆
`

// Synonyms maps folded words to the word that stands for their group.
func Synonyms() map[string]string {
	m := make(map[string]string)
	for line := range strings.Lines(synonymGroups) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		head := Fold(words[0])
		for _, w := range words[1:] {
			w = Fold(w)
			if _, ok := m[w]; !ok && w != head {
				m[w] = head
			}
		}
	}
	return m
}

// promotion lists words of advertising that say nothing about the product. They
// are a first guess: what a shop really uses as decoration is learnt from its
// catalogue.
const promotion = `
送料無料 送料込 送料込み 送料別 あす楽 あす楽対応 即納 即日発送 メール便 メール便可 メール便対応 ネコポス ネコポス対応 ゆうパケット 宅配便
数量限定 期間限定 限定 在庫限り 完売間近 残りわずか 再入荷 新入荷 新商品 新作 予約 予約販売 お買い得 お買得 特価 激安 セール クーポン対象 ポイント クーポン
公式 公式通販 正規品 国内正規品 人気 おすすめ オススメ 通販 ランキング1位 楽ギフ 楽ギフ_包装 包装 ラッピング可 ラッピング無料 ギフト プレゼント お歳暮 お中元 内祝い 父の日 母の日 敬老の日 業務用 訳あり アウトレット
sale clearance special offer bestseller hot new free shipping delivery postage genuine official instock stock best price cheap deal discount promo limited buy now
`

// Promotion returns the folded words of advertising.
func Promotion() map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(promotion) {
		for _, t := range Tokens(Fold(w), 4) {
			if len(t.Text) > 1 {
				m[t.Text] = true
			}
		}
	}
	return m
}
