using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CnnVerified.Tests.Notation;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CnnVerified.Tests;

/// <summary>CITATION.cff is what the Citation File Format 1.2.0 allows, and says what the project says of itself.</summary>
public sealed partial class CitationFileTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(DocsLibrary.Root, "CITATION.cff"));

    // Of the format's keys, references and preferred-citation are left out: the file has none, and what they may hold is as much again.
    private static readonly Dictionary<string, Func<YamlNode, string?>> Keys = new()
    {
        ["abstract"] = Words,
        ["authors"] = Each(Author),
        ["cff-version"] = node => Words(node) ?? (Value(node) == "1.2.0" ? null : "expected 1.2.0"),
        ["commit"] = Words,
        ["contact"] = Each(Author),
        ["date-released"] = node => Words(node) ?? (DateOnly.TryParseExact(Value(node), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? null : "expected a day as 2026-01-31"),
        ["doi"] = node => Matches(node, Doi(), "a DOI as 10.5281/zenodo.1003150"),
        ["identifiers"] = Each(Identifier),
        ["keywords"] = Each(Words),
        ["license"] = node => node is YamlSequenceNode ? Each(Licence)(node) : Licence(node),
        ["license-url"] = Address,
        ["message"] = Words,
        ["repository"] = Address,
        ["repository-artifact"] = Address,
        ["repository-code"] = Address,
        ["title"] = Words,
        ["type"] = node => Words(node) ?? (Value(node) is "software" or "dataset" ? null : "expected software or dataset"),
        ["url"] = Address,
        ["version"] = Words,
    };

    private static readonly string[] Needed = ["authors", "cff-version", "message", "title"],
        Contacts = ["address", "alias", "city", "country", "email", "fax", "orcid", "post-code", "region", "tel", "website"],
        Person = [.. Contacts, "affiliation", "family-names", "given-names", "name-particle", "name-suffix"],
        Group = [.. Contacts, "date-end", "date-start", "location", "name"];

    [Fact]
    public void The_file_is_valid() => Assert.Empty(Faults(Text));

    [Fact]
    public void The_file_says_version_and_licence_of_the_build()
    {
        var root = (YamlMappingNode)Root(Text);
        XElement build = XDocument.Load(Path.Combine(DocsLibrary.Root, "Directory.Build.props")).Root!;
        Assert.Equal(build.Descendants("Version").Single().Value, Value(root.Children["version"]));
        Assert.Equal(build.Descendants("PackageLicenseExpression").Single().Value, Value(root.Children["license"]));
    }

    [Theory]
    [InlineData("cff-version: 1.2.0", "cff-version: 1.3.0", "cff-version: expected 1.2.0")]
    [InlineData("message: If you use", "messages: If you use", "messages: expected a key of the format")]
    [InlineData("message: If you use", "messages: If you use", "message: expected it, got none")]
    [InlineData("type: software", "type: program", "type: expected software or dataset")]
    [InlineData("  - name: The CnnVerified authors", "  - title: The CnnVerified authors", "authors[0]: expected a name, or family-names or given-names of a person, got title")]
    [InlineData("  - name: The CnnVerified authors", "  - name: The CnnVerified authors\n    given-names: All", "authors[0]: expected a name, or family-names or given-names of a person, got name, given-names")]
    [InlineData("  - name: The CnnVerified authors", "  - name: A\n  - name: A", "authors: expected each once")]
    [InlineData("  - name: The CnnVerified authors", "  []", "authors: expected a list with something in it")]
    [InlineData("  - name: The CnnVerified authors", "  - The CnnVerified authors", "authors[0]: expected a person or a group")]
    [InlineData("license: MIT", "license: The MIT licence", "license: expected an SPDX id")]
    [InlineData("version: 0.1.0", "version:", "version: expected a text")]
    [InlineData("version: 0.1.0", "date-released: 2026-02-30", "date-released: expected a day as 2026-01-31")]
    [InlineData("version: 0.1.0", "url: example.org", "url: expected an address")]
    [InlineData("version: 0.1.0", "doi: https://doi.org/10.5281/zenodo.1003150", "doi: expected a DOI as 10.5281/zenodo.1003150")]
    [InlineData("version: 0.1.0", "identifiers:\n  - type: isbn\n    value: 1", "identifiers[0]: expected the type doi, url, swh or other, and a value")]
    [InlineData("version: 0.1.0", "version: a: b", "malformed")]
    [InlineData("title:", "title: twice\ntitle:", "malformed")]
    public void What_the_format_does_not_allow_is_seen(string old, string now, string expected)
    {
        Assert.Contains(old, Text, StringComparison.Ordinal);
        Assert.Contains(Faults(Text.Replace(old, now, StringComparison.Ordinal)), fault => fault.StartsWith(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("version: 0.1.0", "version: 0.1.0\ndate-released: 2026-02-28\ndoi: 10.5281/zenodo.1003150\nurl: https://example.org/\nidentifiers:\n  - type: swh\n    value: swh:1:rev:1\n    description: the commit")]
    [InlineData("  - name: The CnnVerified authors", "  - given-names: Ada\n    family-names: Lovelace\n  - name: A group")]
    [InlineData("license: MIT", "license:\n  - MIT\n  - Apache-2.0")]
    public void What_it_allows_passes(string old, string now) => Assert.Empty(Faults(Text.Replace(old, now, StringComparison.Ordinal)));

    private static YamlNode Root(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Single().RootNode;
    }

    private static List<string> Faults(string text)
    {
        YamlNode root;
        try
        {
            root = Root(text);
        }
        catch (YamlException wrong)
        {
            return [$"malformed: {wrong.Message}"];
        }
        if (root is not YamlMappingNode map)
            return ["malformed: expected keys with values"];
        var faults = new List<string>();
        foreach (var (key, value) in map.Children.Select(pair => (Value(pair.Key), pair.Value)))
            if ((Keys.TryGetValue(key, out var check) ? check(value) : "expected a key of the format") is { } wrong)
                faults.Add(wrong.StartsWith('[') ? $"{key}{wrong}" : $"{key}: {wrong}");
        return [.. faults, .. Needed.Where(key => !map.Children.ContainsKey(key)).Select(key => $"{key}: expected it, got none")];
    }

    private static string? Author(YamlNode node)
    {
        if (node is not YamlMappingNode map)
            return "expected a person or a group";
        string[] keys = [.. map.Children.Keys.Select(Value)];
        bool isGroup = keys.Contains("name"), isPerson = keys.Contains("family-names") || keys.Contains("given-names") || keys.Contains("alias");
        return (isGroup && keys.All(Group.Contains) || !isGroup && isPerson && keys.All(Person.Contains) ? null : $"expected a name, or family-names or given-names of a person, got {string.Join(", ", keys)}")
            ?? map.Children.Values.Select(Words).FirstOrDefault(wrong => wrong is not null);
    }

    private static string? Identifier(YamlNode node) =>
        node is YamlMappingNode { Children: var parts } && parts.TryGetValue("type", out YamlNode? type) && Value(type) is "doi" or "url" or "swh" or "other" && parts.TryGetValue("value", out YamlNode? value) && Words(value) is null
            && parts.Keys.All(key => Value(key) is "type" or "value" or "description") ? null : "expected the type doi, url, swh or other, and a value";

    private static Func<YamlNode, string?> Each(Func<YamlNode, string?> check) => node =>
    {
        if (node is not YamlSequenceNode { Children.Count: > 0 } list)
            return "expected a list with something in it";
        for (int i = 0; i < list.Children.Count; i++)
            if (check(list.Children[i]) is { } wrong)
                return $"[{i}]: {wrong}";
        return list.Children.Select(each => each.ToString()).Distinct().Count() == list.Children.Count ? null : "expected each once";
    };

    private static string? Words(YamlNode node) => Value(node).Length > 0 ? null : "expected a text";

    private static string? Licence(YamlNode node) => Matches(node, Spdx(), "an SPDX id");

    private static string? Address(YamlNode node) => Matches(node, Web(), "an address");

    private static string? Matches(YamlNode node, Regex form, string what) => form.IsMatch(Value(node)) ? null : $"expected {what}";

    private static string Value(YamlNode node) => node is YamlScalarNode { Value: { } value } ? value : "";

    [GeneratedRegex(@"^10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;.()\[\]\\-]+$")]
    private static partial Regex Doi();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9.+-]*$")]
    private static partial Regex Spdx();

    [GeneratedRegex(@"^(https?|s?ftp)://\S+$")]
    private static partial Regex Web();
}
