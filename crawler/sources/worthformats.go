package sources

// streamFormats are the kinds that are no tables with a line of names.
func streamFormats() []format {
	return []format{
		{
			kind: FieldsLog, role: roleWorth, source: "logs", platform: "generic", title: "an access log with a line #Fields (CloudFront)", titleJA: "#Fields 行のあるアクセスログ（CloudFront）",
			cite:   "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html",
			detect: detectFieldsLog, stream: readFieldsLog,
		},
		{
			kind: AccessLog, role: roleWorth, source: "logs", platform: "generic", title: "an access log of Apache or nginx", titleJA: "Apache・nginx のアクセスログ",
			cite:   "https://httpd.apache.org/docs/current/mod/mod_log_config.html, https://nginx.org/en/docs/http/ngx_http_log_module.html",
			detect: detectAccessLog, stream: readAccessLog,
		},
		{
			kind: SearchConsoleAPI, role: roleWorth, source: "search-console", platform: "generic", title: "answers of the Search Console API", titleJA: "Search Console API の応答",
			cite:   "rows, keys, clicks, impressions; 25,000 rows an answer, 16 months of history (https://support.google.com/webmasters/answer/12919192 for the limits)",
			detect: detectAPI, stream: readAPI,
		},
		{
			kind: CommonCrawl, role: roleAddresses, source: "common-crawl", platform: "generic", title: "the index of Common Crawl", titleJA: "Common Crawl の索引",
			cite:   "https://index.commoncrawl.org/",
			detect: detectCommonCrawl, stream: readCommonCrawl,
		},
		{
			kind: JSONLog, role: roleWorth, source: "logs", platform: "generic", title: "an access log in JSON lines", titleJA: "JSON形式のアクセスログ",
			cite:   "https://nginx.org/en/docs/varindex.html, https://developers.cloudflare.com/logs/reference/log-fields/zone/, https://caddyserver.com/docs/logging",
			detect: detectJSONLog, stream: readJSONLog,
		},
		{
			kind: Wayback, role: roleAddresses, source: "wayback", platform: "generic", title: "the index of the Wayback Machine (CDX)", titleJA: "Wayback Machine の索引（CDX）",
			cite:   "https://github.com/internetarchive/wayback/blob/master/wayback-cdx-server/README.md",
			detect: detectWayback, stream: readWayback,
		},
		{
			kind: MerchantXML, role: roleAddresses, source: "merchant-feed", platform: "generic", title: "a merchant feed (XML)", titleJA: "商品フィード（XML）",
			cite:   "https://support.google.com/merchants/answer/7052112",
			detect: detectMerchant, stream: readMerchant,
		},
		{
			kind: Sitemap, role: roleAddresses, source: "sitemap", platform: "generic", title: "a sitemap or feed", titleJA: "サイトマップ・フィード",
			cite:   "https://www.sitemaps.org/protocol.html, 2016-11-21",
			detect: detectSitemap, stream: readSitemap,
		},
	}
}

const severalImporters = "several importers and fixtures of 2026"

// worthFormats are tables of addresses and figures by the names of their columns, in
// English and Japanese. Where no Japanese name is documented, there is none here.
func worthFormats() []format {
	ctr, position := column{fBrand, []string{"CTR"}, true}, column{fSKU, []string{"Position", "掲載順位"}, true}
	clicks := column{fClicks, []string{"Clicks", "クリック数"}, true}
	impressions := column{fImpressions, []string{"Impressions", "表示回数"}, true}
	return []format{
		{
			kind: SearchConsolePages, role: roleWorth, source: "search-console", platform: "generic", sink: searchConsoleSink,
			title: "pages of Search Console", titleJA: "Search Console の検索パフォーマンス（ページ）", cite: severalImporters,
			columns: []column{{fURL, []string{"Top pages", "上位のページ", "Die häufigsten Seiten"}, true},
				{fClicks, []string{"Clicks", "クリック数", "Klicks"}, false}, {fImpressions, []string{"Impressions", "表示回数", "Impressionen"}, false}},
		},
		{
			kind: SearchConsoleDates, role: roleBeside, platform: "generic", sink: searchConsoleDatesSink,
			title: "daily figures of Search Console", titleJA: "Search Console の検索パフォーマンス（日付）", cite: severalImporters,
			columns: []column{{fDate, []string{"Date", "日付", "期間"}, true}, clicks, impressions, ctr, position},
		},
		{
			kind: SearchConsoleFilters, role: roleBeside, platform: "generic", sink: searchConsoleFiltersSink,
			title: "filters of Search Console", titleJA: "Search Console のフィルタ", cite: severalImporters,
			columns: []column{{fFilter, []string{"Filter", "フィルタ"}, true}, {fValue, []string{"Value", "値"}, true}},
		},
		{
			kind: SearchConsoleLinks, role: roleWorth, source: "search-console-links", platform: "generic", sink: figuresSink,
			title: "linked pages of Search Console", titleJA: "Search Console のリンク（上位のリンクされているページ）", cite: severalImporters,
			columns: []column{{fURL, []string{"Target page"}, true}, {fLinkingSites, []string{"Linking sites"}, true}},
		},
		{
			kind: SearchConsoleSites, role: roleSites, source: "search-console-linking-sites", platform: "generic", sink: sitesSink,
			title: "sites that link to the shop, of Search Console", titleJA: "Search Console のリンク（上位のリンク元サイト）", cite: severalImporters,
			columns: []column{{fLinkingSite, []string{"Site"}, true}, {fLinks, []string{"Linking pages"}, true}, {fTargets, []string{"Target pages"}, true}},
		},
		{
			kind: SearchConsoleLatest, role: roleSites, source: "search-console-latest-links", platform: "generic", sink: sitesSink,
			title: "newest links of Search Console", titleJA: "Search Console のリンク（最新のリンク）", cite: severalImporters,
			columns: []column{{fLinkingPage, []string{"Linking page"}, true}, {fDate, []string{"Last crawled"}, true}},
		},
		{
			kind: SearchConsoleIndex, role: roleAddresses, source: "search-console-indexing", platform: "generic", sink: crawledSink,
			title: "example pages of Search Console's indexing report", titleJA: "Search Console のページのインデックス登録（例）", cite: severalImporters,
			columns: []column{{fURL, []string{"URL"}, true}, {fDate, []string{"Last crawled"}, true}},
		},
		{
			kind: SearchConsoleOther, role: roleNothing, platform: "generic", sink: nothingSink,
			title: "a table of Search Console that names no page", titleJA: "ページのない Search Console の表", cite: severalImporters,
			columns: []column{{fName, []string{"Top queries", "上位のクエリ", "Country", "国", "Device", "デバイス", "Search Appearance", "検索での見え方"}, true},
				clicks, impressions, ctr, position},
		},
		{
			kind: Analytics, role: roleWorth, source: "ga4", platform: "generic", sink: analyticsSink, below: true, comments: true,
			title: "landing pages of Google Analytics 4", titleJA: "Googleアナリティクス4のランディング ページ", cite: severalImporters,
			columns: []column{
				{fURL, []string{"Landing page", "Landing page + query string", "ランディング ページ", "ランディング ページ + クエリ文字列"}, true},
				{fSessions, []string{"Sessions", "セッション"}, true}, {fRevenue, []string{"Total revenue"}, false},
				{fHost, []string{"Hostname", "Host name", "ホスト名"}, false}, {fDate, []string{"Date", "日付"}, false},
			},
		},
		{
			kind: Bing, role: roleWorth, source: "bing", platform: "generic", sink: figuresSink,
			title: "pages of Bing Webmaster Tools", titleJA: "Bing Webmaster ツールの検索パフォーマンス", cite: "one importer of 2026",
			columns: []column{{fURL, []string{"Page"}, true}, {fClicks, []string{"Clicks"}, true}, {fImpressions, []string{"Impressions"}, true}, {fDate, []string{"Date"}, false},
				{fBrand, []string{"Avg. CTR"}, false}, {fSKU, []string{"Avg. position"}, false}},
			oneOf: []field{fBrand, fSKU},
		},
		{
			kind: Ahrefs, role: roleWorth, source: "ahrefs", platform: "generic", sink: backlinksSink,
			title: "backlinks of Ahrefs", titleJA: "Ahrefs の被リンク", cite: severalImporters,
			columns: []column{{fURL, []string{"Target URL"}, true}, {fLinkingPage, []string{"Referring page URL"}, true}},
		},
		{
			kind: Majestic, role: roleWorth, source: "majestic", platform: "generic", sink: backlinksSink,
			title: "backlinks of Majestic", titleJA: "Majestic の被リンク", cite: "one importer of 2026",
			columns: []column{{fURL, []string{"Target URL"}, true}, {fLinkingPage, []string{"Source URL"}, true}, {fStatus, []string{"SourceTrustFlow"}, true}},
		},
		{
			kind: Semrush, role: roleWorth, source: "semrush", platform: "generic", sink: backlinksSink,
			title: "backlinks of Semrush", titleJA: "Semrush の被リンク", cite: "one importer of 2026, for the older list and for the backlink audit; the columns of today's list are not known",
			columns: []column{{fURL, []string{"Target url"}, true}, {fLinkingPage, []string{"Source url"}, true}, {fName, []string{"Source title"}, true}},
		},
		{
			kind: Moz, role: roleWorth, source: "moz", platform: "generic", sink: backlinksSink, below: true,
			title: "backlinks of Moz", titleJA: "Moz の被リンク", cite: "one importer of 2026",
			columns: []column{{fURL, []string{"Target URL"}, true}, {fLinkingPage, []string{"URL"}, true}, {fStatus, []string{"Domain Authority"}, true}},
		},
		{
			kind: LinksTable, role: roleWorth, byHand: true, source: "links-table", platform: "generic", sink: backlinksSink,
			title: "a table of links: which page links to which", titleJA: "リンクの表（リンク元とリンク先）", cite: "for exports whose own columns are not known; the names are those that most link databases have",
			columns: []column{{fURL, []string{"Target URL", "target_url"}, true}, {fLinkingPage, []string{"Source URL", "source_url"}, true}},
		},
		{
			kind: ScreamingFrog, role: roleAddresses, source: "screaming-frog", platform: "generic", sink: crawledSink,
			title: "a crawl of Screaming Frog", titleJA: "Screaming Frog のクロール", cite: severalImporters,
			columns: []column{{fURL, []string{"Address"}, true}, {fAnswer, []string{"Status Code"}, true}, {fType, []string{"Content Type"}, false}, {fName, []string{"Title 1"}, false}},
		},
		{
			kind: Sitebulb, role: roleAddresses, source: "sitebulb", platform: "generic", sink: crawledSink,
			title: "a crawl of Sitebulb", titleJA: "Sitebulb のクロール", cite: "one importer of 2026",
			columns: []column{{fURL, []string{"URL"}, true}, {fAnswer, []string{"HTTP Status Code"}, true}, {fName, []string{"Page Title"}, false}},
		},
		{
			kind: MerchantTable, role: roleGoods, source: "merchant-feed", platform: "generic", sink: listSink,
			title: "a merchant feed (table)", titleJA: "商品フィード（表）", cite: "https://support.google.com/merchants/answer/7052112",
			columns: []column{
				{fURL, []string{"link"}, true}, {fID, []string{"id"}, true}, {fName, []string{"title"}, true},
				{fGTIN, []string{"gtin"}, false}, {fMPN, []string{"mpn"}, false}, {fBrand, []string{"brand"}, false},
				{fPrice, []string{"price"}, false}, {fDescription, []string{"description"}, false}, {fImage, []string{"image_link"}, false},
				{fStatus, []string{"availability"}, false},
			},
			oneOf: []field{fImage, fStatus, fGTIN},
		},
		{
			kind: WorthTable, role: roleWorth, byHand: true, source: "table", platform: "generic", sink: figuresSink,
			title: "a table of addresses and figures", titleJA: "URLと数字の表", cite: "for sheets made by hand",
			columns: []column{
				{fURL, []string{"URL", "old_url", "Address", "Page", "ページ"}, true},
				{fClicks, []string{"clicks", "クリック数"}, false}, {fImpressions, []string{"impressions", "表示回数"}, false},
				{fSessions, []string{"sessions", "セッション"}, false}, {fRevenue, []string{"revenue", "売上"}, false},
				{fCurrency, []string{"currency", "通貨"}, false}, {fLinkingSites, []string{"linking_sites", "linking sites", "被リンクサイト数"}, false},
			},
			oneOf: []field{fClicks, fImpressions, fSessions, fRevenue, fLinkingSites},
		},
	}
}
