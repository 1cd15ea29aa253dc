# Include this file at the top of the VCL of the old shop's host, behind its line "vcl".
import selector;
import std;

sub vcl_init {
  new replatform = selector.set();
  replatform.add({"1:/?cbid=7&csid=0&mode=cate"}, string={"301 https://new.example/collections/leaves?ref=old"});
  replatform.add({"2:/?keyword=%C3%E3&mode=srh"}, string={"301 https://new.example/collections/tea"});
  replatform.add({"2:/?keyword=%c3%e3&mode=srh"}, string={"301 https://new.example/collections/tea"});
  replatform.add({"3:/?mode=f1"}, string={"301 https://new.example/pages/shipping"});
  replatform.add({"4:/?pid=101"}, string={"301 https://new.example/products/tea"});
  replatform.add({"4:/?pid=102"}, string={"301 https://new.example/products/tea-$5"});
  replatform.add({"5:/guide.html"}, string={"301 https://new.example/pages/guide"});
  replatform.add({"5:/Guide.html"}, string={"301 https://new.example/pages/guide-old"});
  replatform.add({"5:/say"hi"\.html"}, string={"301 https://new.example/pages/hi"});
  replatform.add({"5:/keep.html"}, string={"301+ https://new.example/pages/keep?from=old"});
  replatform.add({"5:/closed.html"}, string={"410"});
  replatform.add({"6:/blog/"}, string={"301 https://new.example/blogs/news"});
}

sub vcl_recv {
  unset req.http.X-Replatform;
  set req.http.X-Replatform-Host = std.tolower(regsub(req.http.Host, ":[0-9]*$", ""));
  set req.http.X-Replatform-Path = regsub(req.url, "\?.*$", "");
  set req.http.X-Replatform-P1 = "";
  if (req.url ~ {"^[^?]*\?(?:[^&]*&)*?cbid=([^&]*).*$"}) { set req.http.X-Replatform-P1 = regsub(req.url, {"^[^?]*\?(?:[^&]*&)*?cbid=([^&]*).*$"}, "\1"); }
  set req.http.X-Replatform-P2 = "";
  if (req.url ~ {"^[^?]*\?(?:[^&]*&)*?csid=([^&]*).*$"}) { set req.http.X-Replatform-P2 = regsub(req.url, {"^[^?]*\?(?:[^&]*&)*?csid=([^&]*).*$"}, "\1"); }
  set req.http.X-Replatform-P3 = "";
  if (req.url ~ {"^[^?]*\?(?:[^&]*&)*?mode=([^&]*).*$"}) { set req.http.X-Replatform-P3 = regsub(req.url, {"^[^?]*\?(?:[^&]*&)*?mode=([^&]*).*$"}, "\1"); }
  set req.http.X-Replatform-P4 = "";
  if (req.url ~ {"^[^?]*\?(?:[^&]*&)*?keyword=([^&]*).*$"}) { set req.http.X-Replatform-P4 = regsub(req.url, {"^[^?]*\?(?:[^&]*&)*?keyword=([^&]*).*$"}, "\1"); }
  set req.http.X-Replatform-P5 = "";
  if (req.url ~ {"^[^?]*\?(?:[^&]*&)*?pid=([^&]*).*$"}) { set req.http.X-Replatform-P5 = regsub(req.url, {"^[^?]*\?(?:[^&]*&)*?pid=([^&]*).*$"}, "\1"); }
  set req.http.X-Replatform-P6 = "";
  if (req.url ~ {"^[^?]*\?(?:[^&]*&)*?gid=([^&]*).*$"}) { set req.http.X-Replatform-P6 = regsub(req.url, {"^[^?]*\?(?:[^&]*&)*?gid=([^&]*).*$"}, "\1"); }
  if (!req.http.X-Replatform && replatform.match("1:" + req.http.X-Replatform-Path + "?cbid=" + req.http.X-Replatform-P1 + "&csid=" + req.http.X-Replatform-P2 + "&mode=" + req.http.X-Replatform-P3 + "")) { set req.http.X-Replatform = replatform.string(select=UNIQUE); }
  if (!req.http.X-Replatform && replatform.match("2:" + req.http.X-Replatform-Path + "?keyword=" + req.http.X-Replatform-P4 + "&mode=" + req.http.X-Replatform-P3 + "")) { set req.http.X-Replatform = replatform.string(select=UNIQUE); }
  if (!req.http.X-Replatform && replatform.match("3:" + req.http.X-Replatform-Path + "?mode=" + req.http.X-Replatform-P3 + "")) { set req.http.X-Replatform = replatform.string(select=UNIQUE); }
  if (!req.http.X-Replatform && replatform.match("4:" + req.http.X-Replatform-Path + "?pid=" + req.http.X-Replatform-P5 + "")) { set req.http.X-Replatform = replatform.string(select=UNIQUE); }
  if (!req.http.X-Replatform && replatform.match("5:" + req.http.X-Replatform-Path + "")) { set req.http.X-Replatform = replatform.string(select=UNIQUE); }
  set req.http.X-Replatform-Key = "" + req.http.X-Replatform-Path + "?gid=" + req.http.X-Replatform-P6 + "";
  if (!req.http.X-Replatform && req.http.X-Replatform-Key ~ {"^/\?gid=([0-9]+)$"}) { set req.http.X-Replatform = regsub(req.http.X-Replatform-Key, {"^/\?gid=([0-9]+)$"}, {"301 https://new.example/collections/g\1?$=1"}); }
  unset req.http.X-Replatform-Key;
  set req.http.X-Replatform-Key = "" + req.http.X-Replatform-Path + "";
  if (!req.http.X-Replatform && req.http.X-Replatform-Key ~ {"^/goods/([0-9A-Za-z_-]+)\.html$"}) { set req.http.X-Replatform = regsub(req.http.X-Replatform-Key, {"^/goods/([0-9A-Za-z_-]+)\.html$"}, {"301 https://new.example/products/\1"}); }
  unset req.http.X-Replatform-Key;
  if (!req.http.X-Replatform && replatform.hasprefix("6:" + req.http.X-Replatform-Path + "/")) { set req.http.X-Replatform = replatform.string(select=LONGEST); }
  unset req.http.X-Replatform-Host;
  unset req.http.X-Replatform-Path;
  unset req.http.X-Replatform-P1;
  unset req.http.X-Replatform-P2;
  unset req.http.X-Replatform-P3;
  unset req.http.X-Replatform-P4;
  unset req.http.X-Replatform-P5;
  unset req.http.X-Replatform-P6;
  if (req.http.X-Replatform ~ "^301") { return (synth(301)); }
  if (req.http.X-Replatform ~ "^410") { return (synth(410)); }
}

sub vcl_synth {
  if (req.http.X-Replatform) {
    if (req.http.X-Replatform ~ " ") { set resp.http.Location = regsub(req.http.X-Replatform, "^[0-9]+[+]? ", ""); }
    if (req.http.X-Replatform ~ "^[0-9]+[+]" && req.url ~ "\?.") {
      if (resp.http.Location ~ "\?") {
        set resp.http.Location = resp.http.Location + "&" + regsub(req.url, "^[^?]*\?", "");
      } else {
        set resp.http.Location = resp.http.Location + "?" + regsub(req.url, "^[^?]*\?", "");
      }
    }
    return (deliver);
  }
}
