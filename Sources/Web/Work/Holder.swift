import Primitives

/// For whom it is counted what lies in memory.
enum Holder: Hashable, Sendable {
    case person(ID<Person>)
    /// Of callers who have not signed in.
    case address(ClientAddress)
}
