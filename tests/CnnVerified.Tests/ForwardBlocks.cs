namespace CnnVerified.Tests;

/// <summary>Forward equations that the derivation tests use and docs/equations does not have.</summary>
internal static class ForwardBlocks
{
    public const string Text = """
        ```eq PC-F2
        given x[N,D], w[D], b, t[N]
        z[n:N] = b + sum(d:D) w[d]*x[n,d]
        L = sum(n:N) (z[n]-t[n])^2/2
        ```
        ```eq GR-F1
        given x[N,D], z[N,D]
        y[n:N,d:D] = x[n,d] + z[n,d]
        ```
        ```eq GR-F2
        given x[N,C], z[N,E]
        y[n:N,k:C+E] = [k<C]*x[n,k] + [k>=C]*z[n,k-C]
        ```
        ```eq GR-F3
        given x[N,D], z[N,D]
        y[n:N,d:D] = x[n,d] + x[n,d]*z[n,d]
        ```
        ```eq AC-F3
        given x[N]
        where amp != 0
        y[i:N] = amp*tanh(slope*x[i])
        ```
        ```eq AC-F5
        given x[N]
        y[i:N] = max(0,x[i]) + a*min(0,x[i])
        ```
        ```eq AC-F6
        given x[N]
        y[i:N] = [x[i]>0]*x[i] + [x[i]<=0]*a*(exp(min(0,x[i]))-1)
        ```
        ```eq AC-F7
        given x[N]
        y[i:N] = max(0,x[i]) + log1p(exp(-abs(x[i])))
        ```
        ```eq AC-F8
        given x[N]
        y[i:N] = x[i]*erfc(-x[i]/sqrt(2))/2
        ```
        ```eq AC-F9
        given x[N]
        y[i:N] = x[i]/(1+exp(-x[i]))
        ```
        ```eq AC-F10
        given x[N]
        y[i:N] = abs(x[i])
        ```
        ```eq AC-F11
        given x[N]
        y[i:N] = max(-1,min(1,x[i]))
        ```
        ```eq AC-F12
        given x[N]
        y[i:N] = x[i]/(1+abs(x[i]))
        ```
        ```eq AC-F13
        given x[N,C,M], a[C]
        y[n:N,c:C,i:M] = max(0,x[n,c,i]) + a[c]*min(0,x[n,c,i])
        ```
        ```eq AC-F15
        given x[N]
        y[i:N] = lam*([x[i]>0]*x[i] + [x[i]<=0]*a*(exp(min(0,x[i]))-1))
        ```
        ```eq AC-F16
        given x[N]
        y[i:N] = max(0,min(1,a*x[i]+b))
        ```
        ```eq AC-F17
        given x[N]
        s[i:N] = max(0,x[i]) + log1p(exp(-abs(x[i])))
        y[i:N] = x[i]*tanh(s[i])
        ```
        ```eq CV-F2
        given x[H,W], w[R,S]
        size P = H - R + 1
        size Q = W - S + 1
        y[i:P,j:Q] = sum(r:R,s:S) w[r,s]*x[i+R-1-r,j+S-1-s]
        ```
        ```eq CV-F3
        given x[H,W], w[R,S]
        y[i:H+R-1,j:W+S-1] = sum(r:R,s:S) w[r,s]*x[i-r,j-s]
        ```
        ```eq CV-F10
        given x[H,W], w[R,S]
        size P = H - R + 1
        size Q = W - S + 1
        y[i:P,j:Q] = sum(r:R,s:S) w[r,s]*x[i+r,j+s]
        ```
        ```eq CV-F4
        given x[N,C,H,W], w[K,C,R,S], b[K], M[K,C] in {0,1}
        size P = H - R + 1
        size Q = W - S + 1
        y[n:N,k:K,i:P,j:Q] = b[k] + sum(c:C | M[k,c]=1) sum(r:R,s:S) x[n,c,i+r,j+s]*w[k,c,r,s]
        ```
        ```eq CV-F5
        given x[N,C,H,W], w[K,R,S], b[K], M[K,C] in {0,1}
        size P = H - R + 1
        size Q = W - S + 1
        y[n:N,k:K,i:P,j:Q] = b[k] + sum(c:C | M[k,c]=1) sum(r:R,s:S) x[n,c,i+R-1-r,j+S-1-s]*w[k,r,s]
        ```
        ```eq CV-F6
        given x[C,H,W], w[C,R,S], b[K], a[K,C]
        size P = H - R + 1
        size Q = W - S + 1
        alpha[k:K,c:C] = exp(a[k,c])/sum(m:C) exp(a[k,m])
        y[k:K,i:P,j:Q] = b[k] + sum(c:C) alpha[k,c]*sum(r:R,s:S) x[c,i+r,j+s]*w[c,r,s]
        ```
        ```eq CV-F7
        given x[N,C,H,W], w[C,K,R,S], b[K]
        where ah < max(sh,eh) and aw < max(sw,ew)
        size P = (H-1)*sh - 2*ph + eh*(R-1) + 1 + ah
        size Q = (W-1)*sw - 2*pw + ew*(S-1) + 1 + aw
        y[n:N,k:K,u:P,v:Q] = b[k] + sum(c:C,r:R,s:S) x[n,c,(u+ph-r*eh)/sh,(v+pw-s*ew)/sw]*w[c,k,r,s]
        ```
        ```eq CV-F11
        given x[N,C,H,W], w[C,K/G,R,S], b[K]
        where mod(C,G) = 0 and mod(K,G) = 0 and ah < max(sh,eh) and aw < max(sw,ew)
        size P = (H-1)*sh - 2*ph + eh*(R-1) + 1 + ah
        size Q = (W-1)*sw - 2*pw + ew*(S-1) + 1 + aw
        y[n:N,k:K,u:P,v:Q] = b[k] + sum(c:C/G,r:R,s:S) x[n,floor(k/(K/G))*(C/G)+c,(u+ph-r*eh)/sh,(v+pw-s*ew)/sw]*w[floor(k/(K/G))*(C/G)+c,mod(k,K/G),r,s]
        ```
        ```eq CV-F8
        given x[N,C,H,W]
        size P = floor((H + 2*ph - eh*(R-1) - 1)/sh) + 1
        size Q = floor((W + 2*pw - ew*(S-1) - 1)/sw) + 1
        A[m:N*P*Q,q:C*R*S] = x[floor(m/(P*Q)),floor(q/(R*S)),mod(floor(m/Q),P)*sh+mod(floor(q/S),R)*eh-ph,mod(m,Q)*sw+mod(q,S)*ew-pw]
        ```
        ```eq CV-F9
        given x[N,C,H,W], w[C,R,S], b[C]
        size P = floor((H + 2*ph - R)/sh) + 1
        size Q = floor((W + 2*pw - S)/sw) + 1
        y[n:N,c:C,i:P,j:Q] = b[c] + sum(r:R,s:S) x[n,c,i*sh+r-ph,j*sw+s-pw]*w[c,r,s]
        ```
        ```eq PL-F5
        given x[N,C,H,W], sigma > 0
        size P = floor((H + 2*ph - R)/sh) + 1
        size Q = floor((W + 2*pw - S)/sw) + 1
        h[r:R,s:S] = exp(-((r-(R-1)/2)^2+(s-(S-1)/2)^2)/(2*sigma^2))
        g[r:R,s:S] = h[r,s]/sum(p:R,q:S) h[p,q]
        y[n:N,c:C,i:P,j:Q] = sum(r:R,s:S) g[r,s]*x[n,c,i*sh+r-ph,j*sw+s-pw]
        ```
        ```eq PL-F6
        given x[N,C,H,W], a[C], b[C]
        where amp != 0
        size P = floor(H/R)
        size Q = floor(W/S)
        v[n:N,c:C,i:P,j:Q] = sum(r:R,s:S) x[n,c,i*R+r,j*S+s]
        z[n:N,c:C,i:P,j:Q] = a[c]*v[n,c,i,j] + b[c]
        y[n:N,c:C,i:P,j:Q] = amp*tanh(slope*z[n,c,i,j])
        ```
        ```eq PL-F7
        given x[N,C,H,W], m >= 1
        size P = floor((H - R)/sh) + 1
        size Q = floor((W - S)/sw) + 1
        y[n:N,c:C,i:P,j:Q] = (sum(r:R,s:S) abs(x[n,c,i*sh+r,j*sw+s])^m)^(1/m)
        ```
        ```eq PL-F8
        given x[N,C,H,W]
        y[n:N,c:C] = sum(i:H,j:W) x[n,c,i,j]/(H*W)
        ```
        ```eq PL-F9
        given x[N,C,H,W]
        size P = floor(H/R)
        size Q = floor(W/S)
        y[n:N,c:C,i:P,j:Q] = sum(r:R,s:S) x[n,c,i*R+r,j*S+s]/(R*S)
        ```
        ```eq PL-F10
        given x[N,C,H,W]
        y[n:N,c:C,i:H*R,j:W*S] = x[n,c,floor(i/R),floor(j/S)]
        ```
        ```eq PL-F11
        given x[N,C,P,Q], a[N,C,P,Q] in 0..H*W-1
        y[n:N,c:C,u:H,v:W] = sum(i:P,j:Q | a[n,c,i,j]=u*W+v) x[n,c,i,j]
        ```
        ```eq PL-F12
        given x[N,C,H,W]
        cnt[i:P,j:Q] = (ceil((i+1)*H/P)-floor(i*H/P))*(ceil((j+1)*W/Q)-floor(j*W/Q))
        y[n:N,c:C,i:P,j:Q] = sum(u:floor(i*H/P)..ceil((i+1)*H/P)-1,v:floor(j*W/Q)..ceil((j+1)*W/Q)-1) x[n,c,u,v]/cnt[i,j]
        ```
        ```eq PL-F13
        given x[N,C,H,W]
        where ph <= eh*(R-1) and pw <= ew*(S-1) and eh <= H and ew <= W
        size P = floor((H + 2*ph - eh*(R-1) - 1)/sh) + 1
        size Q = floor((W + 2*pw - ew*(S-1) - 1)/sw) + 1
        y[n:N,c:C,i:P,j:Q] = max(r:R,s:S | 0<=i*sh+r*eh-ph and i*sh+r*eh-ph<H and 0<=j*sw+s*ew-pw and j*sw+s*ew-pw<W) x[n,c,i*sh+r*eh-ph,j*sw+s*ew-pw]
        ```
        ```eq PL-F14
        given x[N,C,H,W]
        size P = floor((H + 2*ph - eh*(R-1) - 1)/sh) + 1
        size Q = floor((W + 2*pw - ew*(S-1) - 1)/sw) + 1
        y[n:N,c:C,i:P,j:Q] = sum(r:R,s:S) x[n,c,i*sh+r*eh-ph,j*sw+s*ew-pw]/(R*S)
        ```
        ```eq LS-F11
        given y[N,K], t[N,K]
        L = sum(n:N,k:K) (y[n,k]-t[n,k])^2/N
        ```
        ```eq LS-F12
        given y[N,K], t[N,K]
        L = sum(n:N,k:K) (y[n,k]-t[n,k])^2/(N*K)
        ```
        ```eq LS-F3
        given z[N,K], t[N,K]
        m[n:N] = max(k:K) z[n,k]
        p[n:N,k:K] = exp(z[n,k]-m[n])/sum(q:K) exp(z[n,q]-m[n])
        L = sum(n:N,k:K) (p[n,k]-t[n,k])^2/2
        ```
        ```eq LS-F4
        given z[N], t[N] in [0,1]
        L = sum(n:N) (max(0,z[n]) - z[n]*t[n] + log1p(exp(-abs(z[n]))))
        ```
        ```eq LS-F5
        given z[N,K], label[N] in 0..K-1
        where K > 1
        L = sum(n:N,k:K | k!=label[n]) max(0,z[n,k]-z[n,label[n]]+1)
        ```
        ```eq LS-F6
        given y[N], t[N], delta > 0
        L = sum(n:N) ([abs(y[n]-t[n])<=delta]*(y[n]-t[n])^2/2 + [abs(y[n]-t[n])>delta]*delta*(abs(y[n]-t[n])-delta/2))
        ```
        ```eq LS-F7
        given x[N,D], w[K,D]
        y[n:N,k:K] = sum(d:D) (x[n,d]-w[k,d])^2
        ```
        ```eq LS-F8
        given y[N,K] >= 0, label[N] in 0..K-1, j > 0
        L = sum(n:N) (y[n,label[n]] + log(exp(-j) + sum(k:K) exp(-y[n,k])))/N
        ```
        ```eq LS-F9
        given w[D]
        L = lam*sum(d:D) w[d]^2/2
        ```
        ```eq LS-F10
        given w[D]
        L = lam*sum(d:D) abs(w[d])
        ```
        ```eq LS-F13
        given z[N,K], h[N,K] > 0
        t[n:N,k:K] = h[n,k]/sum(q:K) h[n,q]
        m[n:N] = max(k:K) z[n,k]
        y[n:N,k:K] = z[n,k] - m[n] - log(sum(q:K) exp(z[n,q]-m[n]))
        L = sum(n:N,k:K) t[n,k]*(log(t[n,k])-y[n,k])/N
        ```
        ```eq LS-F14
        given z[N,K], label[N] in 0..K-1, gamma >= 0
        where K > 1
        m[n:N] = max(k:K) z[n,k]
        y[n:N,k:K] = z[n,k] - m[n] - log(sum(q:K) exp(z[n,q]-m[n]))
        p[n:N] = exp(y[n,label[n]])
        L = -sum(n:N) (1-p[n])^gamma*y[n,label[n]]/N
        ```
        ```eq NM-F1
        given x[N,C,H,W], gamma[C], beta[C], eps > 0
        mu[c:C] = sum(n:N,i:H,j:W) x[n,c,i,j]/(N*H*W)
        v[c:C] = sum(n:N,i:H,j:W) (x[n,c,i,j]-mu[c])^2/(N*H*W)
        xhat[n:N,c:C,i:H,j:W] = (x[n,c,i,j]-mu[c])/sqrt(v[c]+eps)
        y[n:N,c:C,i:H,j:W] = gamma[c]*xhat[n,c,i,j] + beta[c]
        ```
        ```eq NM-F2
        given x[N,C,H,W], gamma[C], beta[C], ma[C], va[C] >= 0, eps > 0
        y[n:N,c:C,i:H,j:W] = gamma[c]*(x[n,c,i,j]-ma[c])/sqrt(va[c]+eps) + beta[c]
        ```
        ```eq NM-F3
        given x[N,D], gamma[D], beta[D], eps > 0
        where D > 1
        mu[n:N] = sum(d:D) x[n,d]/D
        v[n:N] = sum(d:D) (x[n,d]-mu[n])^2/D
        xhat[n:N,d:D] = (x[n,d]-mu[n])/sqrt(v[n]+eps)
        y[n:N,d:D] = gamma[d]*xhat[n,d] + beta[d]
        ```
        ```eq NM-F6
        given x[N,C,H,W], gamma[C], beta[C], eps > 0
        where H*W > 1
        mu[n:N,c:C] = sum(i:H,j:W) x[n,c,i,j]/(H*W)
        v[n:N,c:C] = sum(i:H,j:W) (x[n,c,i,j]-mu[n,c])^2/(H*W)
        xhat[n:N,c:C,i:H,j:W] = (x[n,c,i,j]-mu[n,c])/sqrt(v[n,c]+eps)
        y[n:N,c:C,i:H,j:W] = gamma[c]*xhat[n,c,i,j] + beta[c]
        ```
        ```eq NM-F7
        given x[N,C,H,W], gamma[C], beta[C], eps > 0
        where mod(C,G) = 0 and C*H*W > G
        mu[n:N,g:G] = sum(c:C/G,i:H,j:W) x[n,g*(C/G)+c,i,j]/(C/G*H*W)
        v[n:N,g:G] = sum(c:C/G,i:H,j:W) (x[n,g*(C/G)+c,i,j]-mu[n,g])^2/(C/G*H*W)
        xhat[n:N,c:C,i:H,j:W] = (x[n,c,i,j]-mu[n,floor(c/(C/G))])/sqrt(v[n,floor(c/(C/G))]+eps)
        y[n:N,c:C,i:H,j:W] = gamma[c]*xhat[n,c,i,j] + beta[c]
        ```
        ```eq NM-F4
        given x[N,C,H,W], kk > 0, alpha >= 0
        q[n:N,c:C,i:H,j:W] = kk + alpha/Z*sum(m:max(0,c-floor((Z-1)/2))..min(C-1,c+ceil((Z-1)/2))) x[n,m,i,j]^2
        y[n:N,c:C,i:H,j:W] = x[n,c,i,j]*q[n,c,i,j]^(-beta)
        ```
        ```eq NM-F5
        given x[N,D], u[N,D] in [0,1), keep in (0,1]
        y[n:N,d:D] = [u[n,d]<keep]*x[n,d]/keep
        ```
        """;
}
