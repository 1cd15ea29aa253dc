// Package picture tells whether two pictures show the same, by a short hash of how they
// look. A picture that was scaled, compressed anew, saved in another format or marked
// with a small sign keeps nearly all bits of its hash.
//
// [Of] reads the bytes of a JPEG, PNG, GIF or WebP file and gives its [Hash]; [Same]
// compares two. The bytes are hostile: their size is known before they are decoded, and
// nothing in them makes the program fail.
//
// Half of the hash says what is light and what is dark: the signs of the 32 lowest
// frequencies of the brightness, after the hash called pHash (N. Krawetz, "Looks Like
// It", https://www.hackerfactor.com/blog/index.php?/archives/432-Looks-Like-It.html,
// 2011). Frequencies that are hardly there have a sign by chance, so that each has two
// bits: clearly above nothing, clearly below. The other half says how light and of which
// colour each quarter of its middle is, because shops show one shirt in ten colours,
// and brightness alone does not tell red from green.
//
// github.com/corona10/goimagehash, the library known for this, is not used: its last
// version is of May 2022, it scales by a package that has not changed since 2018, and
// its hashes know no colour.
package picture
