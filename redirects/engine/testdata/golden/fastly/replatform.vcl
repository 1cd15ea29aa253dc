table replatform_301 {
  "/?pid=101": "https://new.example/products/tea",
  "/?pid=102": "https://new.example/products/tea-$5",
  "/?mode=cate&cbid=7&csid=0": "https://new.example/collections/leaves?ref=old",
  "/?mode=f1": "https://new.example/pages/shipping",
  "/?mode=srh&keyword=%25c3%25e3": "https://new.example/collections/tea",
  "/guide.html": "https://new.example/pages/guide",
  "/Guide.html": "https://new.example/pages/guide-old",
  "/say%22hi%22\.html": "https://new.example/pages/hi",
}

table replatform_410 {
  "/closed.html": "gone",
}

# Call this in vcl_recv, at the top.
sub replatform_recv {
  if (table.lookup(replatform_301, req.url, "") != "") {
    error 601 "replatform";
  }
  if (table.lookup(replatform_410, req.url, "") != "") {
    error 610 "replatform";
  }
}

# Call this in vcl_error, at the top.
sub replatform_error {
  if (obj.status == 601 && obj.response == "replatform") {
    set obj.status = 301;
    set obj.response = "Moved Permanently";
    set obj.http.Location = table.lookup(replatform_301, req.url, "");
    return (deliver);
  }
  if (obj.status == 610 && obj.response == "replatform") {
    set obj.status = 410;
    set obj.response = "Gone";
    return (deliver);
  }
}
