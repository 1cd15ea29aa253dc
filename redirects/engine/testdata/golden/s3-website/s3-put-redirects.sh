#!/bin/sh
# Usage: sh s3-put-redirects.sh BUCKET
set -eu
bucket=$1
put() {
	aws s3api put-object --bucket "$bucket" --key="$1" --website-redirect-location="$2" --content-length 0 >/dev/null
}
put 'guide.html' 'https://new.example/pages/guide'
put 'Guide.html' 'https://new.example/pages/guide-old'
