// Package report writes a plan down for people: plan.html, one self-contained file
// that asks nothing of the network, plan.md, and redirect-map.csv with every row.
// Each exists in Japanese and in English with the same figures in the same order.
package report
