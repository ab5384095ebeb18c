import Primitives
import Web

/// Which piece of a list.
enum PageFields {
    enum Order: String, Sendable, CaseIterable { case asc, desc }

    static let pageMax = 1_000_000
    static let page = QueryField.integer("page", in: 1...pageMax, or: 1, "Which page.")
    static let limit = QueryField.integer("limit", in: 1...100, or: 50, "How many there are on a page.")
    static let order = QueryField.choice("order", of: Order.self, or: .desc, "Whether the highest come first.")
}

struct Page: Sendable {
    let number: Int
    let limit: Int
    var offset: Int { (number - 1) * limit }

    /// - Throws: `request.bad_query`.
    init(_ call: Call) throws(Failure) {
        number = try call.value(of: PageFields.page)
        limit = try call.value(of: PageFields.limit)
    }
}
