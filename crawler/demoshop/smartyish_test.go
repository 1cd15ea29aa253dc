package demoshop

import (
	"strings"
	"testing"
)

func TestSmarty(t *testing.T) {
	vars := smartyVars{
		"product.id": "158000123", "product_name": `M&M "あ" <b>`, "page.type": "item", "empty": "", "zero": "0",
	}
	known := map[string]bool{"bid_link": true}
	tests := []struct{ name, src, want, err string }{
		{"text", "a { b }\n", "a { b }\n", ""},
		{"print", `x<{$product.id}>y`, "x158000123y", ""},
		{"blanks in the tag", `<{ $product.id }>`, "158000123", ""},
		{"not escaped unless told so", `<{$product_name}>`, `M&M "あ" <b>`, ""},
		{"escape", `<{$product_name|escape}>`, "M&amp;M &quot;あ&quot; &lt;b&gt;", ""},
		{"escape url", `<{$product_name|escape:"url"}>`, "M%26M%20%22%E3%81%82%22%20%3Cb%3E", ""},
		{"escape javascript", `<{$product_name|escape:'javascript'}>`, `M&M \"あ\" <b>`, ""},
		{"replace", `<{$product.id|replace:"158":"x|:"|replace:'|':'-'}>`, "x-:000123", ""},
		{"if", `<{if $page.type == "item"}>A<{else}>B<{/if}>`, "A", ""},
		{"if without blanks", `<{if $page.type=="item"&&!$empty}>A<{/if}>`, "A", ""},
		{"elseif", `<{if $page.type eq "top"}>A<{elseif $page.type == 'item'}>B<{elseif 1}>C<{else}>D<{/if}>`, "B", ""},
		{"else", `<{if $empty}>A<{elseif $zero}>B<{else}>C<{/if}>`, "C", ""},
		{"nested, dead branch not evaluated", `<{if $empty}><{if $nonsense}>A<{/if}><{$nonsense}><{/if}>z`, "z", ""},
		{"and binds closer than or", `<{if $empty && $empty || $product.id}>A<{/if}>`, "A", ""},
		{"not equal", `<{if $page.type != "item" or $page.type ne "item"}>A<{else}>B<{/if}>`, "B", ""},
		{"number", `<{if $product.id == 158000123}>A<{/if}>`, "A", ""},
		{"blank inside a string", `<{if $product_name == "a == b"}>A<{else}>B<{/if}>`, "B", ""},
		{"documented but not on this page", `[<{$bid_link}>]<{if $bid_link}>A<{/if}>`, "[]", ""},
		{"comment", "a<{* <{$nonsense *}>b", "ab", ""},
		{"literal", `<{literal}>if (a<{b}>c) { }<{/literal}>!`, "if (a<{b}>c) { }!", ""},
		{"assign", `<{assign var="u" value=$product.id|replace:"158":""}><{assign var=v value="a b"}><{$u}>,<{$v}>`, "000123,a b", ""},
		{"unknown variable", "\n\n<{$nonsense}>", "", "line 3: unknown variable $nonsense"},
		{"unknown tag", `<{foreach from=$x item=y}>`, "", "unknown tag <{foreach from=$x item=y}>"},
		{"unknown modifier", `<{$product.id|upper}>`, "", "unknown modifier upper"},
		{"unknown kind of escape", `<{$product.id|escape:"hex"}>`, "", "unknown kind hex"},
		{"interpolation", `<{assign var="a" value="x$b"}>`, "", "inside a string is not supported"},
		{"if without end", `<{if $page.type}>A`, "", "if without /if"},
		{"end without if", `A<{/if}>`, "", "<{/if}> without a beginning"},
		{"tag without end", `<{$page.type`, "", "tag without end"},
		{"comment without end", `<{* a }>`, "", "comment without end"},
		{"literal without end", `<{literal}>`, "", "literal without end"},
		{"bad operator", `<{if $page.type > 3}>A<{/if}>`, "", "cannot read >"},
		{"empty condition", `<{if }>A<{/if}>`, "", "value missing"},
		{"string without end", `<{if $page.type == "item}>A<{/if}>`, "", "string without end"},
		{"deep", strings.Repeat("<{if 1}>", 80) + strings.Repeat("<{/if}>", 80), "", "too many nested"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := smarty(tt.src, vars, known)
			switch {
			case tt.err == "" && err != nil:
				t.Fatalf("unexpected error: %v", err)
			case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
				t.Fatalf("error %v, want one with %q", err, tt.err)
			case got != tt.want:
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSmartyErrorIsVisible(t *testing.T) {
	got := smartyOrError(`<{foreach <script>}>`, nil, nil)
	if !strings.Contains(got, "template error") || strings.Contains(got, "<script>") {
		t.Errorf("error is not shown as text: %s", got)
	}
}

func FuzzSmarty(f *testing.F) {
	f.Add(`<{if $a.b == "c"}>x<{elseif !$d|replace:"e":"f"}>y<{else}>z<{/if}>`)
	f.Add(`<{assign var=a value='b\'c'}><{$a|escape:"url"}><{literal}><{/literal}><{* *}>`)
	f.Add(`<{if "\`)
	f.Fuzz(func(t *testing.T, src string) {
		smarty(src, smartyVars{"a.b": "c"}, map[string]bool{"d": true})
	})
}
