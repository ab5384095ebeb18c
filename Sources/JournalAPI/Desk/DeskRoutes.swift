import Primitives
import Web

/// The Desk: the page on which a person signs in with a browser's wallet, lets extensions and devices in, and throws
/// them out; and the page that shows the journal. They do nothing that their visitor could not do over the other routes.
struct DeskRoutes: Sendable {
    /// The page loads what this server has and nothing else, runs nothing that is written into it, and stands in no
    /// frame. Wallets bring their icons as data.
    private static let contentSecurityPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
        form-action 'none'; frame-ancestors 'none'; base-uri 'none'
        """

    private static let page = DeskFile(PackageResources.desk_html, type: "text/html; charset=utf-8")

    private static let journal = DeskFile(PackageResources.journal_html, type: "text/html; charset=utf-8")

    private static let parts = [
        "api.js": DeskFile(PackageResources.api_js, type: script),
        "curve.js": DeskFile(PackageResources.curve_js, type: script),
        "days.js": DeskFile(PackageResources.days_js, type: script),
        "desk.css": DeskFile(PackageResources.desk_css, type: "text/css; charset=utf-8"),
        "desk.js": DeskFile(PackageResources.desk_js, type: script),
        "docs.css": DeskFile(PackageResources.docs_css, type: "text/css; charset=utf-8"),
        "drafts.js": DeskFile(PackageResources.drafts_js, type: script),
        "figures.js": DeskFile(PackageResources.figures_js, type: script),
        "icon.svg": DeskFile(PackageResources.icon_svg, type: "image/svg+xml"),
        "journal.css": DeskFile(PackageResources.journal_css, type: "text/css; charset=utf-8"),
        "journal.js": DeskFile(PackageResources.journal_js, type: script),
        "keccak.js": DeskFile(PackageResources.keccak_js, type: script),
        "month.js": DeskFile(PackageResources.month_js, type: script),
        "pairing.js": DeskFile(PackageResources.pairing_js, type: script),
        "trade.js": DeskFile(PackageResources.trade_js, type: script),
        "view.js": DeskFile(PackageResources.view_js, type: script),
        "wallet.js": DeskFile(PackageResources.wallet_js, type: script),
    ]

    private static let script = "text/javascript; charset=utf-8"

    func add(to table: inout RouteTable) {
        table.get(
            "/", "Get the Desk, a page to sign in and pair devices on", answers: [200: .text("text/html")], page)
        table.get(
            "/journal", "Get the journal as a page for people", answers: [200: .text("text/html")], journal)
        table.get(
            "/desk/{file}", "Get a part of the Desk", names: ["file": .choice(Self.parts.keys.sorted())],
            answers: [200: .bytes(["image/svg+xml", "text/css", "text/javascript"])], part)
    }

    private func page(_ call: Call) -> Answer { answer(Self.page) }
    private func journal(_ call: Call) -> Answer { answer(Self.journal) }

    private func part(_ call: Call) throws(Failure) -> Answer {
        guard let file = Self.parts[call.parameter("file")] else { throw .deskFileUnknown }
        return answer(file)
    }

    private func answer(_ file: DeskFile) -> Answer {
        var answer = Answer(file.bytes, type: file.mediaType)
        answer["etag"] = file.tag
        // It may be kept, and is asked for every time: its parts always belong together.
        answer["cache-control"] = "no-cache"
        answer["content-security-policy"] = Self.contentSecurityPolicy
        return answer
    }
}

extension Failure {
    fileprivate static let deskFileUnknown = Failure(
        .notFound, "desk.unknown_file", "The Desk has no such part. Load the page again.")
}
