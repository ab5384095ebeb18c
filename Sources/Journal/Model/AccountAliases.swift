import Primitives

/// Which account each other name stands for.
///
/// Renaming and joining make aliases, on any device at any time, so that chains and even circles of them come together. All
/// devices read them alike: a chain is followed to its end, and a circle is the account of its lowest id.
package struct AccountAliases: Equatable, Sendable {
    /// The account that each alias stands for. An account that stands for itself is not in it.
    package let canonical: [ID<Account>: ID<Account>]

    /// - Parameter targets: what each account is said to be another name of. One that is not there, or deleted, ends the
    ///   chain and must not be among the values.
    package init(targets: [ID<Account>: ID<Account>]) {
        var known: [ID<Account>: ID<Account>] = [:]
        for start in targets.keys {
            var path: [ID<Account>] = []
            var places: [ID<Account>: Int] = [:]
            var here = start
            while known[here] == nil, places[here] == nil, let next = targets[here] {
                places[here] = path.count
                path.append(here)
                here = next
            }
            let end = known[here] ?? places[here].flatMap { path[$0...].min() } ?? here
            for account in path { known[account] = end }
        }
        canonical = known.filter { $0.key != $0.value }
    }
}
