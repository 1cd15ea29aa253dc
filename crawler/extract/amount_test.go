package extract

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
)

func TestParseAmount(t *testing.T) {
	tests := []struct {
		text, currency string
		want           Amount
	}{
		{"1,980円", "", Amount{Value: "1980", Currency: "JPY", Sign: "円"}},
		{"¥1,980", "", Amount{Value: "1980", Sign: "¥"}},
		{"￥１，９８０（税込）", "JPY", Amount{Value: "1980", Currency: "JPY", Sign: "¥", Tax: catalog.TaxIncluded}},
		{"１，９８０円", "", Amount{Value: "1980", Currency: "JPY", Sign: "円"}},
		{"1.980,00 €", "", Amount{Value: "1980.00", Currency: "EUR", Sign: "€"}},
		{"$24.90", "", Amount{Value: "24.90", Sign: "$"}},
		{"US$ 24.90", "", Amount{Value: "24.90", Currency: "USD", Sign: "US$"}},
		{"EUR 12", "", Amount{Value: "12", Currency: "EUR", Sign: "EUR"}},
		{"12 EUR", "", Amount{Value: "12", Currency: "EUR", Sign: "EUR"}},
		{"1 234,56 zł", "", Amount{Value: "1234.56", Currency: "PLN", Sign: "zł"}},
		{"1\u00a0234,56\u00a0zł", "", Amount{Value: "1234.56", Currency: "PLN", Sign: "zł"}},
		{"1'234.50 CHF", "", Amount{Value: "1234.50", Currency: "CHF", Sign: "CHF"}},
		{"CHF 1’234.50", "", Amount{Value: "1234.50", Currency: "CHF", Sign: "CHF"}},
		{"49,- €", "", Amount{Value: "49", Currency: "EUR", Sign: "€"}},
		{"kr 199,-", "", Amount{Value: "199", Sign: "kr"}},
		{"10, 83 €", "", Amount{Value: "10.83", Currency: "EUR", Sign: "€"}},
		{"$119. 95", "", Amount{Value: "119.95", Sign: "$"}},
		{"12€50", "", Amount{Value: "12.50", Currency: "EUR", Sign: "€"}},
		{"1万2,800円", "", Amount{Value: "12800", Currency: "JPY", Sign: "円"}},
		{"3万円", "", Amount{Value: "30000", Currency: "JPY", Sign: "円"}},
		{"$.99", "", Amount{Value: "0.99", Sign: "$"}},
		{"Rs. 1,23,456.00", "", Amount{Value: "123456.00", Currency: "INR", Sign: "Rs."}},
		{"1.234.567 Ft", "", Amount{Value: "1234567", Currency: "HUF", Sign: "Ft"}},
		{"$1,234,567.89", "", Amount{Value: "1234567.89", Sign: "$"}},
		{"1.980", "EUR", Amount{Value: "1980", Currency: "EUR"}},
		{"1.980", "KWD", Amount{Value: "1.980", Currency: "KWD"}},
		{"0,125 €", "", Amount{Value: "0.125", Currency: "EUR", Sign: "€"}},
		{"¥1,980.00", "JPY", Amount{Value: "1980", Currency: "JPY", Sign: "¥"}},
		{"$10.00 - $20.00", "", Amount{Value: "10.00", High: "20.00", Sign: "$"}},
		{"10 – 20 €", "", Amount{Value: "10", High: "20", Currency: "EUR", Sign: "€"}},
		{"1,026 ～ 1,080 円", "", Amount{Value: "1026", High: "1080", Currency: "JPY", Sign: "円"}},
		{"1,000円〜2,000円", "", Amount{Value: "1000", High: "2000", Currency: "JPY", Sign: "円"}},
		{"27,63£", "", Amount{Value: "27.63", Currency: "GBP", Sign: "£"}},
		{"PS4 bundle £44.99", "", Amount{Value: "44.99", Currency: "GBP", Sign: "£"}},
		{"10% off: now $9.00", "", Amount{Value: "9.00", Sign: "$"}},
		{"販売価格 1,980円(内税)", "", Amount{Value: "1980", Currency: "JPY", Sign: "円", Tax: catalog.TaxIncluded}},
		{"1,800円（税抜）", "", Amount{Value: "1800", Currency: "JPY", Sign: "円", Tax: catalog.TaxExcluded}},
		{"£10.00 ex VAT", "", Amount{Value: "10.00", Currency: "GBP", Sign: "£", Tax: catalog.TaxExcluded}},
		{"from £5 each", "", Amount{Value: "5", Currency: "GBP", Sign: "£"}},
		{"24.90", "USD", Amount{Value: "24.90", Currency: "USD"}},
	}
	for _, tt := range tests {
		got, ok := ParseAmount(tt.text, tt.currency)
		if !ok {
			t.Errorf("ParseAmount(%q, %q): nothing found", tt.text, tt.currency)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("ParseAmount(%q, %q) (-want +got):\n%s", tt.text, tt.currency, diff)
		}
	}
	for _, text := range []string{"", "free", "PS4", "20%", "#12", "10ml", "円", "$"} {
		if got, ok := ParseAmount(text, ""); ok {
			t.Errorf("ParseAmount(%q) = %+v, want nothing", text, got)
		}
	}
}

func TestAmountsKeepTheirOwnTaxNote(t *testing.T) {
	tests := []struct {
		text string
		want []catalog.TaxNote
	}{
		{"税込 1,980円 税抜 1,800円", []catalog.TaxNote{catalog.TaxIncluded, catalog.TaxExcluded}},
		{"1,800円(税抜) 1,980円(税込)", []catalog.TaxNote{catalog.TaxExcluded, catalog.TaxIncluded}},
		{"$98.00 Ex Tax: $80.00", []catalog.TaxNote{catalog.TaxUnknown, catalog.TaxExcluded}},
	}
	for _, tt := range tests {
		var got []catalog.TaxNote
		for _, a := range findAmounts(normText(tt.text), "") {
			got = append(got, a.Tax)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestMachineAmount(t *testing.T) {
	tests := []struct{ in, currency, want string }{
		{"19.120000", "USD", "19.12"}, {"12.9", "USD", "12.90"}, {"1980", "JPY", "1980"}, {"1980.0", "JPY", "1980"},
		{"1.980", "EUR", "1.98"}, {"1.980,00", "EUR", "1980.00"}, {"1,980", "JPY", "1980"}, {"$24.90", "", "24.90"},
		{"0", "USD", ""}, {"0.00", "USD", ""}, {"-5", "USD", ""}, {"", "", ""}, {"call us", "", ""}, {"1.98e3", "JPY", "1980"},
	}
	for _, tt := range tests {
		if got := machineAmount(tt.in, tt.currency); got != tt.want {
			t.Errorf("machineAmount(%q, %q) = %q, want %q", tt.in, tt.currency, got, tt.want)
		}
	}
}

func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{"1,980円", "1.980,00 €", "$10 - $20", "1万2,800円", "10, 83 €", "12€50", "..1,,2'3", "-$5.00"} {
		f.Add(s, "EUR")
	}
	f.Fuzz(func(t *testing.T, text, currency string) {
		a, ok := ParseAmount(text, currency)
		if !ok {
			return
		}
		for _, v := range []string{a.Value, a.High} {
			if v == "" {
				continue
			}
			if again := machineAmount(v, ""); again == "" && positive(v) != "" {
				t.Errorf("ParseAmount(%q) gave %q, which does not read back", text, v)
			}
		}
	})
}
