using System.Globalization;
using CnnVerified.Verification.Checking;

namespace CnnVerified.Site;

/// <summary>What the pages say beside the text of the docs, in both languages.</summary>
internal sealed class Words
{
    private readonly bool _isEnglish;

    private Words(Language language) => _isEnglish = language == Language.English;

    public static Words English { get; } = new(Language.English);

    public static Words Chinese { get; } = new(Language.Chinese);

    public static Words Of(Language? language) => language == Language.Chinese ? Chinese : English;

    public string Title => In("Convolutional networks, verified", "经过验证的卷积网络");

    public string Contents => In("Contents", "目录");

    public string Chapters => In("Chapters", "章节");

    public string Equations => In("Every equation", "全部公式");

    public string OtherPages => In("More pages (in English)", "更多页面（英文）");

    public string Previous => In("Previous", "上一章");

    public string Next => In("Next", "下一章");

    public string OtherLanguage => In("中文", "English");

    public string SamePlace => In("this paragraph in Chinese", "本段的英文");

    public string Search => In("Search chapters and equations", "搜索章节和公式");

    public string Text => In("text", "原文");

    public string Reference => In("reference", "参考实现");

    public string Twin => In("twin", "快速实现");

    public string Oracles => In("judged by", "判定者");

    public string AsText => In("As text", "文本形式");

    public string Cite => In("Cite this", "引用");

    public string Derivation => In("Derivation", "推导");

    public string ToTheEquation => In("Permanent link to this equation", "此公式的固定链接");

    public string AsItSays => In("as the text says", "与正文所述一致");

    public string Checked(DateOnly date) => In(", checked ", "，检验于 ") + Day(date);

    /// <summary>Which edition a printed book is.</summary>
    public string Edition(Judgement judgement) => In($"CnnVerified {Citation.Version}: {judgement.Count} blocks, all as stated, checked {Day(judgement.Date)}",
        $"CnnVerified {Citation.Version}：{judgement.Count} 个公式块，均与所述一致，检验于 {Day(judgement.Date)}");

    public string QuotedIn => In("in", "见");

    public static string Day(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public string Name(Verdict verdict) => _isEnglish ? VerdictText.Name(verdict) : verdict switch
    {
        Verdict.HoldsExactly => "成立，精确",
        Verdict.HoldsAtPoints => "成立，在所取的点上精确",
        Verdict.HoldsNumerically => "成立，数值",
        Verdict.Defined => "定义",
        Verdict.Vacuous => "空洞",
        Verdict.Refuted => "已否定",
        Verdict.HoldsOnlyIf => "仅在条件下成立",
        Verdict.Undecided => "未决",
        _ => "格式错误",
    };

    /// <summary>What was tried, and how strong it is; empty for a definition.</summary>
    public string Strength(CheckResult result)
    {
        if (result.Decisive is not { Evidence: { } evidence } finding)
            return "";
        if (finding.Verdict == Verdict.HoldsOnlyIf)
            return In("if ", "条件：") + string.Join(In(" and ", "，且 "), finding.Conditions.Select(need => need.Condition));
        if (_isEnglish || finding.Verdict > Verdict.HoldsNumerically)
            return finding.Verdict > Verdict.HoldsNumerically ? "" : VerdictText.Strength(finding.Verdict, evidence);
        string shapes = $"{evidence.Shapes:N0} 种形状，即满足 {evidence.Reach} 的全部";
        string larger = evidence.LargerShapes > 0 ? $"；另试 {evidence.LargerShapes} 种更大的形状" : "";
        return finding.Verdict switch
        {
            Verdict.HoldsExactly => $"{shapes}{(evidence.FalseWithProbability is { } probability ? string.Create(CultureInfo.InvariantCulture, $"，每种形状下为假的概率小于 {probability:0e-0}") : "")}{larger}",
            Verdict.HoldsAtPoints => $"{evidence.Points:N0} 个点；{shapes}{larger}；折点与并列处不作判断",
            _ => string.Create(CultureInfo.InvariantCulture, $"{evidence.Points:N0} 个点，相对误差至多 {evidence.LargestRelativeError:0e-0}，为其界的 {evidence.LargestErrorOverBound:0.00}；{shapes}{larger}"),
        };
    }

    private string In(string english, string chinese) => _isEnglish ? english : chinese;
}
