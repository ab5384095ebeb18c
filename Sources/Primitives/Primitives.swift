// The words every other room speaks: identifiers, exact amounts, moments, failures, and the outside world as a value.
//
// Nothing here does I/O, and nothing here knows what a trade is. The time and randomness enter the program in
// `World.swift` and nowhere else. What a process shares between people is in `Work`: budgets, turns, room and threads.
