// Package planner turns two inventories and the facts of two platforms into a
// migration plan: Decide chooses the way by which visitors of an old address reach
// the new one, Build makes the rows of the redirect map and counts what they cover,
// and Write lays the plan folder down: documents, redirect files, workarounds.
//
// Nothing here knows a platform by name. What can be done is asked from facts with
// evidence; a fact that is unknown stays unknown and becomes a question of the plan.
package planner
