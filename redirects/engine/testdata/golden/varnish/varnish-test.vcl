# A complete configuration to try the table on this machine:
#   varnishd -F -n "$PWD/varnish-test" -f "$PWD/varnish-test.vcl" -p vcl_path="$PWD" -a 127.0.0.1:18087 -T none -S none
# then: curl -i --path-as-is -H 'Host: OLD.HOST' 'http://127.0.0.1:18087/OLD-PATH'
vcl 4.1;
backend default none;
include "replatform.vcl";
sub vcl_recv {
  return (synth(404));
}
