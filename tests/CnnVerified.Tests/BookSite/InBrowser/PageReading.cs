using System.Text.Json;

namespace CnnVerified.Tests.BookSite.InBrowser;

/// <summary>Looks at a page that is open, at the width of a phone and of a desk.</summary>
internal static class PageReading
{
    /// <summary>The widths, in CSS pixels.</summary>
    public static readonly int[] Widths = [1280, 360];

    /// <summary>What is wrong with a page; an empty list where nothing is.</summary>
    /// <param name="tab">The tab to open it in.</param>
    /// <param name="address">The page.</param>
    public static async Task<(IReadOnlyList<string> Faults, Figures Figures)> Read(Tab tab, string address)
    {
        var faults = new List<string>();
        var figures = new Figures(TimeSpan.Zero, 0, 0, 0);
        await tab.Resize(Widths[0]);
        TimeSpan time = await tab.Open(address);
        foreach (int width in Widths)
        {
            if (width != Widths[0])
                await tab.Resize(width);
            JsonElement seen = await tab.Value(Measure);
            while (seen.GetProperty("fonts").GetString() == "loading")
                seen = await tab.Value(Measure);
            faults.AddRange(seen.GetProperty("faults").EnumerateArray().Select(fault => $"{width} px: {fault.GetString()}"));
            if (width == Widths[0])
                figures = new(time, seen.GetProperty("formulas").GetInt32(), seen.GetProperty("limits").GetInt32(), seen.GetProperty("pictures").GetInt32());
        }
        await Accessible("image", figures.Pictures);
        await Accessible("MathMLMath", figures.Formulas);
        return ([.. faults.Concat(tab.Faults)], figures);

        async Task Accessible(string role, int shown)
        {
            if (shown == 0)
                return;
            var (all, told) = await tab.Accessible(role);
            if (told < shown)
                faults.Add($"accessibility: expected a name or content for each of {shown} of role {role}, got {all} of that role, {told} with a name or content");
        }
    }

    // One call measures all, since each call waits for the browser. Formulas in a row are drawn large: limits stand below and above their sign, in its middle.
    // Within an index or a limit they are small, and stand beside it.
    private const string Measure = """
        (() => {
          const faults = [], limit = 5, root = document.documentElement;
          const name = e => `<${e.tagName.toLowerCase()}${e.id ? ' id=' + e.id : ''}${e.className && e.className.baseVal === undefined ? ' class=' + e.className : ''}> ${(e.textContent || '').trim().slice(0, 40)}`;
          const fault = (text, e) => { if (faults.length < limit) faults.push(e ? `${text}: ${name(e)}` : text); };
          if (root.scrollWidth > innerWidth) {
            let widest = document.body, right = 0;
            for (const e of document.querySelectorAll('body *')) {
              let box = e.getBoundingClientRect().right;
              for (let p = e.parentElement; p && box > innerWidth; p = p.parentElement)
                if (getComputedStyle(p).overflowX !== 'visible') box = 0;
              if (box > right) { right = box; widest = e; }
            }
            fault(`wider than the window by ${root.scrollWidth - innerWidth} px`, widest);
          }
          const shown = [...document.querySelectorAll('math')].filter(e => e.checkVisibility());
          for (const e of shown) {
            const box = e.getBoundingClientRect();
            if (!(box.width >= 1 && box.height >= 1)) fault(`a formula of ${box.width} × ${box.height} px`, e);
          }
          let limits = 0;
          for (const e of document.querySelectorAll('.rows munder, .rows mover, .rows munderover')) {
            if (!e.checkVisibility() || !e.firstElementChild.matches('mo') || e.parentElement.closest('msub, msup, msubsup, munder, mover, munderover')) continue;
            limits++;
            const [base, ...parts] = [...e.children].map(c => c.getBoundingClientRect()), kinds = e.localName === 'mover' ? ['over'] : ['under', 'over'];
            parts.forEach((part, k) => {
              const middle = (part.top + part.bottom) / 2, aside = Math.abs((part.left + part.right) / 2 - (base.left + base.right) / 2);
              if (aside > 1 || (kinds[k] === 'under' ? middle < base.bottom : middle > base.top)) fault(`limits beside their sign (${aside.toFixed(1)} px off the middle)`, e);
            });
          }
          const pictures = [...document.querySelectorAll('img, [role=img]')].filter(e => e.checkVisibility()).length;
          return { faults, formulas: shown.length, limits, pictures, fonts: document.fonts.status };
        })()
        """;
}

/// <summary>What a page has, and how long it took to open.</summary>
/// <param name="Time">From the call to the end of loading.</param>
/// <param name="Formulas">Formulas that are seen.</param>
/// <param name="Limits">Signs with limits.</param>
/// <param name="Pictures">Pictures that are seen.</param>
internal readonly record struct Figures(TimeSpan Time, int Formulas, int Limits, int Pictures);
