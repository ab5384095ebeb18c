/// The routes as a page for people. It is made of the same tables as the document for programs, and runs no script.
struct DocumentPage {
    /// It may show itself with the web app's style sheet, and nothing else.
    static let contentSecurityPolicy = """
        default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'
        """

    private let document: APIDocument
    private let shapes: NamedShapes

    init(_ document: APIDocument) {
        self.document = document
        shapes = NamedShapes(of: document)
    }

    var text: String {
        let page: HTML = """
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <meta name="robots" content="noindex">
              <title>\(document.title) API</title>
              <link rel="icon" href="/app/icon.svg" type="image/svg+xml">
              <link rel="stylesheet" href="/app/app.css">
              <link rel="stylesheet" href="/app/docs.css">
            </head>
            <body>
              <header>
                <h1><img src="/app/icon.svg" alt="" width="28" height="28">\(document.title) <span>API</span></h1>
                <nav aria-label="Elsewhere"><a href="/">Account</a> <a href="\(document.base)/openapi.json">OpenAPI</a></nav>
              </header>
              <div class="sheet">
                <nav class="contents" aria-label="Contents">\(contents)</nav>
                <main>
            \(about)
            \(HTML.all(document.chapters.map { chapter($0) }))
            \(shapesSection)
                </main>
              </div>
            </body>
            </html>

            """
        return page.markup
    }

    private var contents: HTML {
        let chapters = document.chapters.map { chapter -> HTML in
            let routes = chapter.routes.map { route -> HTML in
                "<li><a href=\"#\(route.name)\">\(route.summary)</a></li>\n"
            }
            return """
                <details><summary>\(chapter.title)</summary><ul>
                \(HTML.all(routes))</ul></details>

                """
        }
        return HTML.all(chapters) + "<p><a href=\"#shapes\">Shapes</a></p>"
    }

    private var about: HTML {
        let paragraphs = document.about.split(separator: "\n\n").map { text -> HTML in "<p>\(text)</p>\n" }
        return """
            <section class="card">
            <h2>Version \(document.version)</h2>
            \(HTML.all(paragraphs))
            <p>A program sends its access token with each request:</p>
            <pre><code>curl -H "Authorization: Bearer $TOKEN" "$SERVER/api/v1/auth/me"</code></pre>
            <p>What is refused is answered with a status of 400 or more, and \(shapes.link(to: "Error")).</p>
            </section>
            """
    }

    private func chapter(_ chapter: APIDocument.Chapter) -> HTML {
        """
        <section>
        <h2 id="\(chapter.title)">\(chapter.title)</h2>
        \(HTML.all(chapter.routes.map { operation($0) }))
        </section>

        """
    }

    private func operation(_ route: RouteTable.Route) -> HTML {
        let parameters =
            route.parameterNames.map { name in
                Row(name: name, shape: route.names[name] ?? .id, note: "In the path.")
            }
            + (route.reads ?? []).map { field in
                let times = field.isRepeated ? " May be there more than once." : field.isNeeded ? " Must be there." : ""
                let note = field.note + times
                return Row(name: field.name, shape: field.shape, note: note, fallback: field.fallback)
            }
            + route.heeds.map { Row(name: $0.name, shape: $0.shape, note: "A header field. " + $0.note) }
        let answers = route.answers.sorted { $0.key < $1.key }.map { status, content in
            body("Answers \(status)", content)
        }
        return """
            <details class="card operation">
            <summary><span class="method \(route.method.lowercased())">\(route.method)</span>
            <code>\(route.path)</code> <span class="quiet">\(route.summary)</span></summary>
            <div id="\(route.name)">
            <p class="quiet">\(route.admits.note)</p>
            \(parameters.isEmpty ? "" : "<h3>Reads</h3>" + shapes.table(parameters))
            \(route.takes.shapes.isEmpty ? "" : body("Takes", route.takes))
            \(HTML.all(answers))
            </div>
            </details>

            """
    }

    private func body(_ title: String, _ content: Content) -> HTML {
        let shape = content.shapes.compactMap(\.shape).first
        let mediaTypes = content.shapes.map(\.mediaType).joined(separator: ", ")
        let heading: HTML = "<h3>\(title)</h3>\n"
        guard let shape, !mediaTypes.hasPrefix("text/") else {
            return heading + "<p>\(mediaTypes.isEmpty ? "nothing" : mediaTypes)</p>\n"
        }
        return heading + "<p>\(mediaTypes): \(shapes.words(for: shape))</p>\n" + shapes.members(of: shape)
    }

    private var shapesSection: HTML {
        let cards = shapes.all.map { name, shape -> HTML in
            """
            <div class="card" id="shape-\(name)">
            <h3>\(name)</h3>
            \(shapes.members(ofNamed: shape))
            </div>

            """
        }
        return "<section><h2 id=\"shapes\">Shapes</h2>\n\(HTML.all(cards))</section>"
    }
}
