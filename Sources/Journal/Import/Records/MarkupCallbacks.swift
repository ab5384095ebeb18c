import CXML

/// The functions that libxml2 calls, each of which finds its `MarkupReader` by the pointer that it was given.
enum MarkupCallbacks {
    static func handlers(_ form: MarkupReader.Form) -> xmlSAXHandler {
        var handlers = xmlSAXHandler()
        handlers.characters = { user, bytes, count in MarkupCallbacks.read(user, bytes, count) }
        handlers.ignorableWhitespace = handlers.characters
        handlers.cdataBlock = handlers.characters
        switch form {
        case .xml:
            handlers.initialized = UInt32(XML_SAX2_MAGIC)
            handlers.internalSubset = { user, _, _, _ in MarkupCallbacks.reader(user)?.refuseDocumentType() }
            handlers.startElementNs = { user, name, _, _, _, _, count, _, attributes in
                MarkupCallbacks.open(user, name, Int(count), attributes)
            }
            handlers.endElementNs = { user, name, _, _ in
                MarkupCallbacks.reader(user)?.close(MarkupCallbacks.text(name))
            }
        case .html:
            handlers.startElement = { user, name, attributes in MarkupCallbacks.open(user, name, attributes) }
            handlers.endElement = { user, name in MarkupCallbacks.reader(user)?.close(MarkupCallbacks.text(name)) }
        }
        return handlers
    }

    private static func reader(_ user: UnsafeMutableRawPointer?) -> MarkupReader? {
        user.map { Unmanaged<MarkupReader>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func text(_ bytes: UnsafePointer<xmlChar>?) -> String { bytes.map { String(cString: $0) } ?? "" }

    private static func read(_ user: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<xmlChar>?, _ count: Int32) {
        guard let bytes, count > 0 else { return }
        reader(user)?.read(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    /// XML: for each attribute its name, prefix and namespace, and where its value begins and ends.
    private static func open(
        _ user: UnsafeMutableRawPointer?, _ name: UnsafePointer<xmlChar>?, _ count: Int,
        _ found: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
        guard let reader = reader(user) else { return }
        var attributes: [MarkupAttribute] = []
        var byteCount = 0
        for index in 0..<(found == nil ? 0 : count) {
            guard let found, let begin = found[5 * index + 3], let end = found[5 * index + 4], begin <= end else {
                continue
            }
            let name = text(found[5 * index])
            byteCount += name.utf8.count + (end - begin)
            guard byteCount <= MarkupReader.attributeBytesMax else { return reader.refuseAttributes() }
            let value = String(decoding: UnsafeBufferPointer(start: begin, count: end - begin), as: UTF8.self)
            attributes.append(MarkupAttribute(name: name, value: value))
        }
        reader.open(text(name), attributes)
    }

    /// HTML: names and values by turns, up to a name that is nil. An attribute may have no value.
    private static func open(
        _ user: UnsafeMutableRawPointer?, _ name: UnsafePointer<xmlChar>?,
        _ found: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
        guard let reader = reader(user) else { return }
        var attributes: [MarkupAttribute] = []
        var byteCount = 0
        var index = 0
        while let found, let name = found[index] {
            let attribute = MarkupAttribute(name: text(name), value: text(found[index + 1]))
            byteCount += attribute.name.utf8.count + attribute.value.utf8.count
            guard byteCount <= MarkupReader.attributeBytesMax else { return reader.refuseAttributes() }
            attributes.append(attribute)
            index += 2
        }
        reader.open(text(name), attributes)
    }
}
