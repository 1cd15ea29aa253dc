package extract

import (
	"strings"

	"golang.org/x/net/html"
)

// buyWords are what shops write on the button that puts an article into the
// cart, folded (see fold).
var buyWords = [...]string{
	"add to cart", "add to basket", "add to bag", "add to shopping cart", "add to shopping bag", "add to my cart", "add item to cart", "add to trolley",
	"buy now", "buy it now", "add to order", "put in cart", "purchase now", "order now", "pre order", "preorder", "add 2 cart",
	"カートに入れる", "かごに入れる", "カゴに入れる", "買い物かごに入れる", "買い物カゴに入れる", "カートへ入れる", "カートに追加", "カートに加える", "カートへ", "今すぐ購入", "購入する", "購入手続きへ",
	"注文する", "ショッピングカートに入れる", "買い物かごへ", "バッグに入れる", "カートイン", "予約する", "お買い物かごに入れる",
	"in den warenkorb", "in den einkaufswagen", "jetzt kaufen", "in warenkorb", "ajouter au panier", "acheter", "do koszyka", "dodaj do koszyka", "kup teraz",
	"læg i kurv", "læg i kurven", "tilføj til kurv", "køb nu", "lägg i varukorg", "lägg i varukorgen", "köp", "legg i handlekurv", "kjøp",
	"añadir al carrito", "añadir a la cesta", "comprar", "aggiungi al carrello", "acquista", "in winkelwagen", "in winkelmand", "toevoegen aan winkelwagen", "bestellen",
	"adicionar ao carrinho", "добавить в корзину", "в корзину", "купить", "přidat do košíku", "do košíku", "kosárba", "adaugă în coș", "sepete ekle", "加入购物车", "加入購物車", "장바구니",
}

// soldOutWords say that an article cannot be bought now, folded.
var soldOutWords = [...]string{
	"sold out", "soldout", "out of stock", "currently unavailable", "temporarily unavailable", "no longer available", "not in stock",
	"売り切れ", "売切れ", "売切", "完売", "在庫なし", "在庫切れ", "品切れ", "在庫がありません", "ただいま品切れ中です", "申し訳ございませんが ただいま品切れ中です",
	"ausverkauft", "nicht auf lager", "nicht vorrätig", "nicht lieferbar", "épuisé", "rupture de stock", "en rupture", "wyprzedane", "brak w magazynie", "produkt niedostępny",
	"udsolgt", "slutsåld", "slut i lager", "utsolgt", "agotado", "sin existencias", "esaurito", "non disponibile", "uitverkocht", "niet op voorraad", "esgotado", "нет в наличии", "vyprodáno", "품절", "售罄", "缺货",
}

// inStockWords say that an article can be bought, folded.
var inStockWords = [...]string{
	"in stock", "instock", "available now", "ready to ship", "ships today", "usually ships", "在庫あり", "在庫有り", "残りわずか", "残り僅か",
	"auf lager", "sofort lieferbar", "en stock", "disponible", "na stanie", "dostępny", "på lager", "i lager", "disponibile", "op voorraad", "in vorrat", "em estoque", "в наличии", "skladem", "재고 있음", "有货",
}

// buyControl is a button that puts something into the cart.
type buyControl struct {
	at     int32
	card   bool // one of many in a list
	strong bool // by its text, not by its class alone
}

// buyControls finds the buttons in the order of the page.
func (v *view) buyControls() []buyControl {
	var all []buyControl
	last := int32(-1)
	for i := int32(0); i < int32(len(v.nodes)); i++ {
		n := &v.nodes[i]
		if n.all&(inCart|inRelated|inOption|inCrumbs) != 0 {
			continue
		}
		if n.all&inChrome != 0 && n.n.Data == "a" {
			continue
		}
		strong, ok := buyElement(n.n)
		if !ok || last >= 0 && v.inside(i, last) {
			continue
		}
		last = i
		all = append(all, buyControl{at: i, strong: strong})
		if len(all) > 500 {
			break
		}
	}
	return all
}

// buyElement says whether an element is such a button, and whether its text
// says so.
func buyElement(n *html.Node) (strong, ok bool) {
	switch n.Data {
	case "button", "a":
		text := nodeText(n)
		if text == "" {
			text = attr(n, "title")
		}
		if len(text) < 80 && isBuyText(text) {
			return true, true
		}
	case "input":
		switch strings.ToLower(attr(n, "type")) {
		case "submit", "button", "image":
			if isBuyText(attr(n, "value")) || isBuyText(attr(n, "alt")) || isBuyText(attr(n, "title")) {
				return true, true
			}
		default:
			return false, false
		}
	case "img":
		return true, isBuyText(attr(n, "alt"))
	case "div", "span":
		if attr(n, "role") == "button" || hasAttr(n, "onclick") {
			text := nodeText(n)
			return true, len(text) < 80 && isBuyText(text)
		}
		return false, false
	default:
		return false, false
	}
	names := strings.ToLower(attr(n, "class") + " " + attr(n, "id") + " " + attr(n, "name") + " " + attr(n, "src"))
	if len(names) > 500 {
		names = names[:500]
	}
	for _, w := range [...]string{"addtocart", "add-to-cart", "add_to_cart", "addtobasket", "add-to-basket", "add_to_basket", "addtobag", "add-to-bag", "btn-cart", "btn_cart", "cartin", "cart_in", "buy_now", "buynow", "buy-now", "cart-btn", "cart_btn", "intocart", "addcart", "cart_add"} {
		if strings.Contains(names, w) {
			return false, true
		}
	}
	return false, false
}

func isBuyText(text string) bool {
	if text == "" || len(text) > 80 {
		return false
	}
	f := fold(text)
	if f == "buy" || f == "購入" || f == "カート" || f == "kaufen" || f == "order" || f == "koszyk" || f == "køb" || f == "買う" {
		return true
	}
	for _, w := range buyWords {
		if len(f) < len(w)+24 && containsWords(f, w) {
			return true
		}
	}
	return false
}

// hasWord looks for one of the words in a folded text that is short enough to be
// a statement rather than a story.
func hasWord(folded string, words []string) bool {
	for _, w := range words {
		if containsWords(folded, w) {
			return true
		}
	}
	return false
}

// disabled says whether a button cannot be pressed.
func disabled(n *html.Node) bool {
	if hasAttr(n, "disabled") {
		return true
	}
	for w := range strings.FieldsSeq(strings.ToLower(attr(n, "class"))) {
		if w == "disabled" || w == "is-disabled" || w == "btn-disabled" {
			return true
		}
	}
	return false
}
