/// Texts as JSON writes them.
package enum JSONText {
    /// With quotation marks around it. Control characters are escaped, and so are those that break lines in a script or
    /// turn the direction of what follows: JSON is looked at on terminals and in editors, too.
    package static func quoted(_ string: String) -> String {
        var text = ""
        append(string, to: &text)
        return text
    }

    package static func append(_ string: String, to text: inout String) {
        text += "\""
        guard string.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5c || $0 >= 0x7f }) else {
            text += string
            text += "\""
            return
        }
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.misleads: text += escaped(scalar)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    /// JSON that an encoder has written, with all escaped that `append` escapes. Encoders leave what is no ASCII as it is.
    package static func escaping(_ json: [UInt8]) -> [UInt8] {
        guard json.contains(where: { $0 >= 0x7f }) else { return json }
        let scalars = String(decoding: json, as: UTF8.self).unicodeScalars
        // Around texts JSON has nothing but ASCII, of which some are line breaks.
        let isHidden: (Unicode.Scalar) -> Bool = { $0.value >= 0x7f && $0.misleads }
        guard scalars.contains(where: isHidden) else { return json }
        var text = ""
        for scalar in scalars {
            if isHidden(scalar) { text += escaped(scalar) } else { text.unicodeScalars.append(scalar) }
        }
        return Array(text.utf8)
    }

    /// All that misleads is within the first plane.
    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
