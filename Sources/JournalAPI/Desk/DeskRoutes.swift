import Primitives
import Web

/// The Desk: the page on which a person signs in with a browser's wallet, lets extensions and devices in, and throws
/// them out. It does nothing that its visitor could not do over the routes of `/auth`.
struct DeskRoutes: Sendable {
    /// The page loads what this server has and nothing else, runs nothing that is written into it, and stands in no
    /// frame. Wallets bring their icons as data.
    private static let contentSecurityPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
        form-action 'none'; frame-ancestors 'none'; base-uri 'none'
        """

    private static let page = DeskFile(PackageResources.desk_html, type: "text/html; charset=utf-8")

    private static let parts = [
        "api.js": DeskFile(PackageResources.api_js, type: script),
        "desk.css": DeskFile(PackageResources.desk_css, type: "text/css; charset=utf-8"),
        "desk.js": DeskFile(PackageResources.desk_js, type: script),
        "docs.css": DeskFile(PackageResources.docs_css, type: "text/css; charset=utf-8"),
        "icon.svg": DeskFile(PackageResources.icon_svg, type: "image/svg+xml"),
        "keccak.js": DeskFile(PackageResources.keccak_js, type: script),
        "pairing.js": DeskFile(PackageResources.pairing_js, type: script),
        "view.js": DeskFile(PackageResources.view_js, type: script),
        "wallet.js": DeskFile(PackageResources.wallet_js, type: script),
    ]

    private static let script = "text/javascript; charset=utf-8"

    func add(to table: inout RouteTable) {
        table.get(
            "/", "Get the Desk, a page to sign in and pair devices on", answers: [200: .text("text/html")], page)
        table.get(
            "/desk/{file}", "Get a part of the Desk", names: ["file": .choice(Self.parts.keys.sorted())],
            answers: [200: .bytes(["image/svg+xml", "text/css", "text/javascript"])], part)
    }

    private func page(_ call: Call) -> Answer { answer(Self.page) }

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
