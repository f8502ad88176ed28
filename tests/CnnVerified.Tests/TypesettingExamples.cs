namespace CnnVerified.Tests;

/// <summary>An equation and what it looks like in each of the three languages.</summary>
internal sealed record TypesettingExample(string Title, string Notation, string Latex, string MathML, string Plain);

/// <summary>Equations whose typeset forms a person has looked at, drawn by a browser.</summary>
internal static class TypesettingExamples
{
    public static IReadOnlyList<TypesettingExample> All { get; } =
    [
        new("convolution forward",
            "y[n:N,k:K,i:P,j:Q] = b[k] + sum(c:C/G,r:R,s:S) x[n,floor(k/(K/G))*(C/G)+c,i*sh+r*eh-ph,j*sw+s*ew-pw]*w[k,c,r,s]",
            """
            y_{n,k,i,j} = b_{k} + \sum_{c < C/G,\thinspace r < R,\thinspace s < S} x(n, \lfloor k/(K/G)\rfloor \cdot (C/G) + c, i \cdot s_{h} + r \cdot e_{h} - p_{h}, j \cdot s_{w} + s \cdot e_{w} - p_{w}) \cdot w_{k,c,r,s}
            """,
            """
            <msub><mi>y</mi><mrow><mi>n</mi><mo>,</mo><mi>k</mi><mo>,</mo><mi>i</mi><mo>,</mo><mi>j</mi></mrow></msub><mo form="infix">=</mo><msub><mi>b</mi><mi>k</mi></msub><mo>+</mo><munder><mo>∑</mo><mrow><mi>c</mi><mo form="infix">&lt;</mo><mi>C</mi><mo lspace="0" rspace="0">/</mo><mi>G</mi><mo>,</mo><mi>r</mi><mo form="infix">&lt;</mo><mi>R</mi><mo>,</mo><mi>s</mi><mo form="infix">&lt;</mo><mi>S</mi></mrow></munder><mrow><mi>x</mi><mrow><mo stretchy="false">(</mo><mi>n</mi><mo>,</mo><mrow><mo stretchy="false">⌊</mo><mi>k</mi><mo lspace="0" rspace="0">/</mo><mrow><mo stretchy="false">(</mo><mi>K</mi><mo lspace="0" rspace="0">/</mo><mi>G</mi><mo stretchy="false">)</mo></mrow><mo stretchy="false">⌋</mo></mrow><mo>·</mo><mrow><mo stretchy="false">(</mo><mi>C</mi><mo lspace="0" rspace="0">/</mo><mi>G</mi><mo stretchy="false">)</mo></mrow><mo>+</mo><mi>c</mi><mo>,</mo><mi>i</mi><mo>·</mo><msub><mi>s</mi><mi>h</mi></msub><mo>+</mo><mi>r</mi><mo>·</mo><msub><mi>e</mi><mi>h</mi></msub><mo>−</mo><msub><mi>p</mi><mi>h</mi></msub><mo>,</mo><mi>j</mi><mo>·</mo><msub><mi>s</mi><mi>w</mi></msub><mo>+</mo><mi>s</mi><mo>·</mo><msub><mi>e</mi><mi>w</mi></msub><mo>−</mo><msub><mi>p</mi><mi>w</mi></msub><mo stretchy="false">)</mo></mrow></mrow><mo>·</mo><msub><mi>w</mi><mrow><mi>k</mi><mo>,</mo><mi>c</mi><mo>,</mo><mi>r</mi><mo>,</mo><mi>s</mi></mrow></msub>
            """,
            """
            y[n,k,i,j] = b[k] + Σ(c<C/G, r<R, s<S) x[n,⌊k/(K/G)⌋·(C/G)+c,i·sh+r·eh−ph,j·sw+s·ew−pw]·w[k,c,r,s]
            """),
        new("convolution backward data",
            "dx[n:N,c:C,u:H] = sum(q:K/G,r:R) dy[n,q,(u+ph-r*eh)/sh]*w[q,mod(c,C/G),r]",
            """
            \mathrm{dx}_{n,c,u} = \sum_{q < K/G,\thinspace r < R} \mathrm{dy}(n, q, (u + p_{h} - r \cdot e_{h})/s_{h}) \cdot w(q, c \bmod (C/G), r)
            """,
            """
            <msub><mi>dx</mi><mrow><mi>n</mi><mo>,</mo><mi>c</mi><mo>,</mo><mi>u</mi></mrow></msub><mo form="infix">=</mo><munder><mo>∑</mo><mrow><mi>q</mi><mo form="infix">&lt;</mo><mi>K</mi><mo lspace="0" rspace="0">/</mo><mi>G</mi><mo>,</mo><mi>r</mi><mo form="infix">&lt;</mo><mi>R</mi></mrow></munder><mrow><mi>dy</mi><mrow><mo stretchy="false">(</mo><mi>n</mi><mo>,</mo><mi>q</mi><mo>,</mo><mrow><mo stretchy="false">(</mo><mi>u</mi><mo>+</mo><msub><mi>p</mi><mi>h</mi></msub><mo>−</mo><mi>r</mi><mo>·</mo><msub><mi>e</mi><mi>h</mi></msub><mo stretchy="false">)</mo></mrow><mo lspace="0" rspace="0">/</mo><msub><mi>s</mi><mi>h</mi></msub><mo stretchy="false">)</mo></mrow></mrow><mo>·</mo><mrow><mi>w</mi><mrow><mo stretchy="false">(</mo><mi>q</mi><mo>,</mo><mi>c</mi><mo form="infix" lspace="0.28em" rspace="0.28em" stretchy="false">mod</mo><mrow><mo stretchy="false">(</mo><mi>C</mi><mo lspace="0" rspace="0">/</mo><mi>G</mi><mo stretchy="false">)</mo></mrow><mo>,</mo><mi>r</mi><mo stretchy="false">)</mo></mrow></mrow>
            """,
            """
            dx[n,c,u] = Σ(q<K/G, r<R) dy[n,q,(u+ph−r·eh)/sh]·w[q,c mod (C/G),r]
            """),
        new("softmax",
            "p[n:N,k:K] = exp(z[n,k]-m[n])/sum(q:K) exp(z[n,q]-m[n])",
            """
            p_{n,k} = \frac{\exp(z_{n,k} - m_{n})}{\sum_{q = 0}^{K - 1} \exp(z_{n,q} - m_{n})}
            """,
            """
            <msub><mi>p</mi><mrow><mi>n</mi><mo>,</mo><mi>k</mi></mrow></msub><mo form="infix">=</mo><mfrac><mrow><mi>exp</mi><mo>&#x2061;</mo><mrow><mo stretchy="false">(</mo><msub><mi>z</mi><mrow><mi>n</mi><mo>,</mo><mi>k</mi></mrow></msub><mo>−</mo><msub><mi>m</mi><mi>n</mi></msub><mo stretchy="false">)</mo></mrow></mrow><mrow><munderover><mo>∑</mo><mrow><mi>q</mi><mo form="infix">=</mo><mn>0</mn></mrow><mrow><mi>K</mi><mo>−</mo><mn>1</mn></mrow></munderover><mi>exp</mi><mo>&#x2061;</mo><mrow><mo stretchy="false">(</mo><msub><mi>z</mi><mrow><mi>n</mi><mo>,</mo><mi>q</mi></mrow></msub><mo>−</mo><msub><mi>m</mi><mi>n</mi></msub><mo stretchy="false">)</mo></mrow></mrow></mfrac>
            """,
            """
            p[n,k] = exp(z[n,k] − m[n])/(Σ(q<K) exp(z[n,q] − m[n]))
            """),
        new("maximum with a condition",
            "y[i:P] = max(r:R | 0<=i*sh+r-ph and i*sh+r-ph<H) x[i*sh+r-ph]",
            """
            y_{i} = \max_{\substack{r < R \\ 0 \leq i \cdot s_{h} + r - p_{h} < H}} x(i \cdot s_{h} + r - p_{h})
            """,
            """
            <msub><mi>y</mi><mi>i</mi></msub><mo form="infix">=</mo><munder><mo form="prefix" movablelimits="true" lspace="0" rspace="0.17em">max</mo><mtable><mtr><mtd style="padding:0.1em 0"><mi>r</mi><mo form="infix">&lt;</mo><mi>R</mi></mtd></mtr><mtr><mtd style="padding:0.1em 0"><mn>0</mn><mo form="infix">≤</mo><mi>i</mi><mo>·</mo><msub><mi>s</mi><mi>h</mi></msub><mo>+</mo><mi>r</mi><mo>−</mo><msub><mi>p</mi><mi>h</mi></msub><mo form="infix">&lt;</mo><mi>H</mi></mtd></mtr></mtable></munder><mrow><mi>x</mi><mrow><mo stretchy="false">(</mo><mi>i</mi><mo>·</mo><msub><mi>s</mi><mi>h</mi></msub><mo>+</mo><mi>r</mi><mo>−</mo><msub><mi>p</mi><mi>h</mi></msub><mo stretchy="false">)</mo></mrow></mrow>
            """,
            """
            y[i] = max(r<R | 0≤i·sh+r−ph<H) x[i·sh+r−ph]
            """),
        new("floor and mod",
            "y[n:N] = floor(n/2)*mod(n+1,K) - mod(n,2)",
            """
            y_{n} = \left\lfloor\frac{n}{2}\right\rfloor \cdot ((n + 1) \bmod K) - (n \bmod 2)
            """,
            """
            <msub><mi>y</mi><mi>n</mi></msub><mo form="infix">=</mo><mrow><mo>⌊</mo><mfrac><mi>n</mi><mn>2</mn></mfrac><mo>⌋</mo></mrow><mo>·</mo><mrow><mo stretchy="false">(</mo><mrow><mo stretchy="false">(</mo><mi>n</mi><mo>+</mo><mn>1</mn><mo stretchy="false">)</mo></mrow><mo form="infix" lspace="0.28em" rspace="0.28em" stretchy="false">mod</mo><mi>K</mi><mo stretchy="false">)</mo></mrow><mo>−</mo><mrow><mo stretchy="false">(</mo><mi>n</mi><mo form="infix" lspace="0.28em" rspace="0.28em" stretchy="false">mod</mo><mn>2</mn><mo stretchy="false">)</mo></mrow>
            """,
            """
            y[n] = ⌊n/2⌋·((n + 1) mod K) − (n mod 2)
            """),
        new("power of a negative base",
            "y = (-a)^2 - a^2 + 2^(-n)",
            """
            y = (-a)^{2} - a^{2} + 2^{-n}
            """,
            """
            <mi>y</mi><mo form="infix">=</mo><msup><mrow><mo stretchy="false">(</mo><mo form="prefix">−</mo><mi>a</mi><mo stretchy="false">)</mo></mrow><mn>2</mn></msup><mo>−</mo><msup><mi>a</mi><mn>2</mn></msup><mo>+</mo><msup><mn>2</mn><mrow><mo form="prefix">−</mo><mi>n</mi></mrow></msup>
            """,
            """
            y = (−a)² − a² + 2^(−n)
            """),
        new("nested fractions",
            "y = 1/(1+a/(b+c/d))",
            """
            y = \frac{1}{1 + \frac{a}{b + c/d}}
            """,
            """
            <mi>y</mi><mo form="infix">=</mo><mfrac><mn>1</mn><mrow><mn>1</mn><mo>+</mo><mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mi>c</mi><mo lspace="0" rspace="0">/</mo><mi>d</mi></mrow></mfrac></mrow></mfrac>
            """,
            """
            y = 1/(1 + a/(b + c/d))
            """),
        new("fractions beside factors",
            "y = a/b*c - a*(b/c) + a/b/c",
            """
            y = \frac{a}{b} \cdot c - a \cdot \frac{b}{c} + \frac{\frac{a}{b}}{c}
            """,
            """
            <mi>y</mi><mo form="infix">=</mo><mfrac><mi>a</mi><mi>b</mi></mfrac><mo>·</mo><mi>c</mi><mo>−</mo><mi>a</mi><mo>·</mo><mfrac><mi>b</mi><mi>c</mi></mfrac><mo>+</mo><mfrac><mfrac><mi>a</mi><mi>b</mi></mfrac><mi>c</mi></mfrac>
            """,
            """
            y = (a/b)·c − a·(b/c) + (a/b)/c
            """),
        new("matrix",
            "Gt[a:2,r:3] = [[1,0,0],[1/2,-1/2,x]]",
            """
            \mathrm{Gt}_{a,r} = \begin{bmatrix} 1 & 0 & 0 \\ 1/2 & -1/2 & x \end{bmatrix}
            """,
            """
            <msub><mi>Gt</mi><mrow><mi>a</mi><mo>,</mo><mi>r</mi></mrow></msub><mo form="infix">=</mo><mrow><mo>[</mo><mtable><mtr><mtd style="text-align:right;text-align:-webkit-right"><mn>1</mn></mtd><mtd style="text-align:right;text-align:-webkit-right"><mn>0</mn></mtd><mtd style="text-align:right;text-align:-webkit-right"><mn>0</mn></mtd></mtr><mtr><mtd style="text-align:right;text-align:-webkit-right"><mn>1</mn><mo lspace="0" rspace="0">/</mo><mn>2</mn></mtd><mtd style="text-align:right;text-align:-webkit-right"><mo form="prefix">−</mo><mn>1</mn><mo lspace="0" rspace="0">/</mo><mn>2</mn></mtd><mtd style="text-align:right;text-align:-webkit-right"><mi>x</mi></mtd></mtr></mtable><mo>]</mo></mrow>
            """,
            """
            Gt[a,r] = [[1, 0, 0], [1/2, −1/2, x]]
            """),
        new("derivation",
            "db[k:K] = sum(n:N,m:K) dy[n,m]*D(y[n,m], b[k]) = sum(n:N,m:K) dy[n,m]*[m=k] = sum(n:N) dy[n,k]",
            """
            \begin{aligned}
            \mathrm{d}b_{k} & = \sum_{n < N,\thinspace m < K} \mathrm{d}y_{n,m} \cdot \frac{\partial y_{n,m}}{\partial b_{k}} \\
            & = \sum_{n < N,\thinspace m < K} \mathrm{d}y_{n,m} \cdot [m = k] \\
            & = \sum_{n = 0}^{N - 1} \mathrm{d}y_{n,k}
            \end{aligned}
            """,
            """
            <mtable displaystyle="true"><mtr><mtd style="text-align:right;text-align:-webkit-right;padding:0.4em 0"><mi mathvariant="normal">d</mi><msub><mi>b</mi><mi>k</mi></msub></mtd><mtd style="text-align:left;text-align:-webkit-left;padding:0.4em 0"><mo form="infix">=</mo><munder><mo>∑</mo><mrow><mi>n</mi><mo form="infix">&lt;</mo><mi>N</mi><mo>,</mo><mi>m</mi><mo form="infix">&lt;</mo><mi>K</mi></mrow></munder><mi mathvariant="normal">d</mi><msub><mi>y</mi><mrow><mi>n</mi><mo>,</mo><mi>m</mi></mrow></msub><mo>·</mo><mfrac><mrow><mo form="prefix">∂</mo><msub><mi>y</mi><mrow><mi>n</mi><mo>,</mo><mi>m</mi></mrow></msub></mrow><mrow><mo form="prefix">∂</mo><msub><mi>b</mi><mi>k</mi></msub></mrow></mfrac></mtd></mtr><mtr><mtd style="text-align:right;text-align:-webkit-right;padding:0.4em 0"></mtd><mtd style="text-align:left;text-align:-webkit-left;padding:0.4em 0"><mo form="infix">=</mo><munder><mo>∑</mo><mrow><mi>n</mi><mo form="infix">&lt;</mo><mi>N</mi><mo>,</mo><mi>m</mi><mo form="infix">&lt;</mo><mi>K</mi></mrow></munder><mi mathvariant="normal">d</mi><msub><mi>y</mi><mrow><mi>n</mi><mo>,</mo><mi>m</mi></mrow></msub><mo>·</mo><mrow><mo stretchy="false">[</mo><mi>m</mi><mo form="infix">=</mo><mi>k</mi><mo stretchy="false">]</mo></mrow></mtd></mtr><mtr><mtd style="text-align:right;text-align:-webkit-right;padding:0.4em 0"></mtd><mtd style="text-align:left;text-align:-webkit-left;padding:0.4em 0"><mo form="infix">=</mo><munderover><mo>∑</mo><mrow><mi>n</mi><mo form="infix">=</mo><mn>0</mn></mrow><mrow><mi>N</mi><mo>−</mo><mn>1</mn></mrow></munderover><mi mathvariant="normal">d</mi><msub><mi>y</mi><mrow><mi>n</mi><mo>,</mo><mi>k</mi></mrow></msub></mtd></mtr></mtable>
            """,
            """
            db[k] = Σ(n<N, m<K) dy[n,m]·∂y[n,m]/∂b[k]
                  = Σ(n<N, m<K) dy[n,m]·[m = k]
                  = Σ(n<N) dy[n,k]
            """),
        new("derivative with held values",
            "g[i:N] = D(y[i], x[i] | m, v2)",
            """
            g_{i} = \left(\frac{\partial y_{i}}{\partial x_{i}}\right)_{m, v_{2}}
            """,
            """
            <msub><mi>g</mi><mi>i</mi></msub><mo form="infix">=</mo><msub><mrow><mo>(</mo><mfrac><mrow><mo form="prefix">∂</mo><msub><mi>y</mi><mi>i</mi></msub></mrow><mrow><mo form="prefix">∂</mo><msub><mi>x</mi><mi>i</mi></msub></mrow></mfrac><mo>)</mo></mrow><mrow><mi>m</mi><mo>,</mo><msub><mi>v</mi><mn>2</mn></msub></mrow></msub>
            """,
            """
            g[i] = (∂y[i]/∂x[i] | m, v2)
            """),
        new("sums beside factors",
            "y = (sum(i:N) a[i])*b + sum(i:N) (a[i]+b) + (max(i:N) a[i]) - c",
            """
            y = \left(\sum_{i = 0}^{N - 1} a_{i}\right) \cdot b + \sum_{i = 0}^{N - 1} (a_{i} + b) + \left(\max_{i < N} a_{i}\right) - c
            """,
            """
            <mi>y</mi><mo form="infix">=</mo><mrow><mo>(</mo><munderover><mo>∑</mo><mrow><mi>i</mi><mo form="infix">=</mo><mn>0</mn></mrow><mrow><mi>N</mi><mo>−</mo><mn>1</mn></mrow></munderover><msub><mi>a</mi><mi>i</mi></msub><mo>)</mo></mrow><mo>·</mo><mi>b</mi><mo>+</mo><munderover><mo>∑</mo><mrow><mi>i</mi><mo form="infix">=</mo><mn>0</mn></mrow><mrow><mi>N</mi><mo>−</mo><mn>1</mn></mrow></munderover><mrow><mo stretchy="false">(</mo><msub><mi>a</mi><mi>i</mi></msub><mo>+</mo><mi>b</mi><mo stretchy="false">)</mo></mrow><mo>+</mo><mrow><mo>(</mo><munder><mo form="prefix" movablelimits="true" lspace="0" rspace="0.17em">max</mo><mrow><mi>i</mi><mo form="infix">&lt;</mo><mi>N</mi></mrow></munder><msub><mi>a</mi><mi>i</mi></msub><mo>)</mo></mrow><mo>−</mo><mi>c</mi>
            """,
            """
            y = (Σ(i<N) a[i])·b + Σ(i<N) (a[i] + b) + (max(i<N) a[i]) − c
            """),
        new("names",
            "y2[i:4] = beta1*xhat[i]*sh*wnew[i]^2 + w2[i] + 0.5*pi*sqrt(eps)",
            """
            y_{2}(i) = \beta_{1} \cdot \hat{x}_{i} \cdot s_{h} \cdot \mathrm{wnew}_{i}^{2} + w_{2}(i) + 0.5 \pi \cdot \sqrt{\varepsilon}
            """,
            """
            <mrow><msub><mi>y</mi><mn>2</mn></msub><mrow><mo stretchy="false">(</mo><mi>i</mi><mo stretchy="false">)</mo></mrow></mrow><mo form="infix">=</mo><msub><mi>β</mi><mn>1</mn></msub><mo>·</mo><msub><mover><mi>x</mi><mo stretchy="false">^</mo></mover><mi>i</mi></msub><mo>·</mo><msub><mi>s</mi><mi>h</mi></msub><mo>·</mo><msubsup><mi>wnew</mi><mi>i</mi><mn>2</mn></msubsup><mo>+</mo><mrow><msub><mi>w</mi><mn>2</mn></msub><mrow><mo stretchy="false">(</mo><mi>i</mi><mo stretchy="false">)</mo></mrow></mrow><mo>+</mo><mn>0.5</mn><mo>&#x2062;</mo><mi>π</mi><mo>·</mo><msqrt><mi>ε</mi></msqrt>
            """,
            """
            y2[i] = β1·xhat[i]·sh·wnew[i]² + w2[i] + 0.5·π·√ε
            """),
        new("functions",
            "y = max(0,x) + log(abs(x)) + erf(x/sqrt(2)) + ceil(x)",
            """
            y = \max(0, x) + \log(\lvert x\rvert) + \mathrm{erf}\left(\frac{x}{\sqrt{2}}\right) + \lceil x\rceil
            """,
            """
            <mi>y</mi><mo form="infix">=</mo><mi>max</mi><mo>&#x2061;</mo><mrow><mo stretchy="false">(</mo><mn>0</mn><mo>,</mo><mi>x</mi><mo stretchy="false">)</mo></mrow><mo>+</mo><mi>log</mi><mo>&#x2061;</mo><mrow><mo stretchy="false">(</mo><mrow><mo stretchy="false">|</mo><mi>x</mi><mo stretchy="false">|</mo></mrow><mo stretchy="false">)</mo></mrow><mo>+</mo><mi>erf</mi><mo>&#x2061;</mo><mrow><mo>(</mo><mfrac><mi>x</mi><msqrt><mn>2</mn></msqrt></mfrac><mo>)</mo></mrow><mo>+</mo><mrow><mo stretchy="false">⌈</mo><mi>x</mi><mo stretchy="false">⌉</mo></mrow>
            """,
            """
            y = max(0, x) + log(|x|) + erf(x/√2) + ⌈x⌉
            """),
        new("brackets",
            "y[i:N] = [x[i]>0 and i!=3 or i=0]*dy[i] - prod(k:2..K+1) k",
            """
            y_{i} = [x_{i} > 0\text{ and }i \neq 3\text{ or }i = 0] \cdot \mathrm{d}y_{i} - \prod_{k = 2}^{K + 1} k
            """,
            """
            <msub><mi>y</mi><mi>i</mi></msub><mo form="infix">=</mo><mrow><mo stretchy="false">[</mo><msub><mi>x</mi><mi>i</mi></msub><mo form="infix">&gt;</mo><mn>0</mn><mtext> and </mtext><mi>i</mi><mo form="infix">≠</mo><mn>3</mn><mtext> or </mtext><mi>i</mi><mo form="infix">=</mo><mn>0</mn><mo stretchy="false">]</mo></mrow><mo>·</mo><mi mathvariant="normal">d</mi><msub><mi>y</mi><mi>i</mi></msub><mo>−</mo><munderover><mo>∏</mo><mrow><mi>k</mi><mo form="infix">=</mo><mn>2</mn></mrow><mrow><mi>K</mi><mo>+</mo><mn>1</mn></mrow></munderover><mi>k</mi>
            """,
            """
            y[i] = [x[i] > 0 and i ≠ 3 or i = 0]·dy[i] − Π(2≤k≤K+1) k
            """),
        new("ranges",
            "y = sum(u:floor(i*H)..K-1,v) x[u,v]/(R*S)",
            """
            y = \sum_{\lfloor i \cdot H\rfloor \leq u \leq K - 1,\thinspace v} \frac{x_{u,v}}{R \cdot S}
            """,
            """
            <mi>y</mi><mo form="infix">=</mo><munder><mo>∑</mo><mrow><mrow><mo stretchy="false">⌊</mo><mi>i</mi><mo>·</mo><mi>H</mi><mo stretchy="false">⌋</mo></mrow><mo form="infix">≤</mo><mi>u</mi><mo form="infix">≤</mo><mi>K</mi><mo>−</mo><mn>1</mn><mo>,</mo><mi>v</mi></mrow></munder><mfrac><msub><mi>x</mi><mrow><mi>u</mi><mo>,</mo><mi>v</mi></mrow></msub><mrow><mi>R</mi><mo>·</mo><mi>S</mi></mrow></mfrac>
            """,
            """
            y = Σ(⌊i·H⌋≤u≤K−1, v) x[u,v]/(R·S)
            """),
    ];
}
