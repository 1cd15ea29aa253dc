// Package inventory is the project file: one SQLite database that holds both
// shops, the matches with the user's decisions, the plan and its proofs. Any SQLite
// tool can read it; the tables are documented in schema.sql.
package inventory
