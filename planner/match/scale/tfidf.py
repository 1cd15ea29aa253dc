"""Finds for every old page the new one with the highest TF-IDF cosine of the titles.

tfidf.py OLD.csv NEW.csv OUT.csv; OUT has old_url,new_url,confidence, the confidence
being the cosine. Titles are compared by their pairs and triples of characters within
words, which is the strongest of the usual settings on names in both languages. Rows are
multiplied in blocks, so that memory stays bounded.
"""

import csv
import sys
import unicodedata

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

BLOCK = 1000


def read(name):
    with open(name, newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    return [r["url"] for r in rows], [unicodedata.normalize("NFKC", r["title"]) for r in rows], [r["type"] for r in rows]


def main(old_name, new_name, out_name):
    old_urls, old_titles, _ = read(old_name)
    new_urls, new_titles, _ = read(new_name)
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 3), dtype=np.float32)
    vectorizer.fit(old_titles + new_titles)
    old, new = vectorizer.transform(old_titles), vectorizer.transform(new_titles).T.tocsr()
    with open(out_name, "w", newline="", encoding="utf-8") as f:
        out = csv.writer(f)
        out.writerow(["old_url", "new_url", "confidence"])
        for start in range(0, old.shape[0], BLOCK):
            product = (old[start:start + BLOCK] @ new).tocsr()
            for i in range(product.shape[0]):
                a, b = product.indptr[i], product.indptr[i + 1]
                if a == b:
                    continue
                k = a + int(np.argmax(product.data[a:b]))
                out.writerow([old_urls[start + i], new_urls[product.indices[k]], f"{min(1, product.data[k]):.6f}"])


main(*sys.argv[1:])
