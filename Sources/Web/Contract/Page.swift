import Primitives

/// Which piece of a list.
package enum PageFields {
    package enum Order: String, Sendable, CaseIterable { case asc, desc }

    package static let pageMax = 1_000_000
    package static let page = QueryField.integer("page", in: 1...pageMax, or: 1, "Which page.")
    package static let limit = QueryField.integer("limit", in: 1...100, or: 50, "How many there are on a page.")
    package static let order = QueryField.choice("order", of: Order.self, or: .desc, "Whether the highest come first.")
}

package struct Page: Sendable {
    package let number: Int
    package let limit: Int
    package var offset: Int { (number - 1) * limit }

    /// - Throws: `request.bad_query`.
    package init(_ call: Call) throws(Failure) {
        number = try call.value(of: PageFields.page)
        limit = try call.value(of: PageFields.limit)
    }
}
