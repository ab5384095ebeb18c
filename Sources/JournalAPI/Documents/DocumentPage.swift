import Web

/// The routes as a page for people. It is HTML from the same tables as the document for programs; it runs no script.
struct DocumentPage {
    /// It may show itself in the Desk's clothes, and nothing else.
    static let contentSecurityPolicy = """
        default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'
        """

    private let document: APIDocument

    init(_ document: APIDocument) { self.document = document }

    var text: String { "<!doctype html>" }
}
